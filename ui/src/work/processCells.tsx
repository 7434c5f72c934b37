import { StatusBadge } from '@/kit/StatusBadge';
import type { Process } from './model';

/** How lists of processes draw what is more than text. */
export const processCells = {
  number: { sortable: true, numeric: false, cell: (process: Process) => <span className="figures">#{process.number}</span> },
  status: { sortable: true, cell: (process: Process) => <StatusBadge status={process.status} /> },
};
