import { useQueryClient } from '@tanstack/react-query';
import { send, type SendOptions } from '@/api/resource';

/**
 * Sends a change whose effects reach beyond one resource (a grant touches user, account, role and their tasks) and
 * reads again whatever is on screen.
 */
export function useChange(): (method: string, url: string, options?: SendOptions) => Promise<Response> {
  const queries = useQueryClient();
  return async (method, url, options) => {
    const response = await send(method, url, options);
    await queries.invalidateQueries();
    return response;
  };
}
