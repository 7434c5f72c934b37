import { useObject } from '@/api/hooks';
import { nameOf } from '@/api/name';

/** The name of an object of which only the id is at hand. */
export function ReferenceName({ resource, id }: { resource: string; id: string }) {
  const { data } = useObject(resource, id);
  return <span>{data === undefined ? '…' : nameOf(data.object)}</span>;
}
