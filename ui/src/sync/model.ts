import type { Entity } from '@/api/resource';

/** A task: one object on its way to its systems. */
export interface SyncTask extends Entity {
  number?: number;
  objectType?: string;
  objectId?: string;
  objectName?: string;
  status?: string;
  createdAt?: string;
}
