import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { checkDocument } from '@/process/definitions';
import type { Designer } from './canvas/Designer';
import type { Finding } from './canvas/marks';

/** How long the drawing rests before the server is asked, in milliseconds. */
const rest = 600;

const none: Finding[] = [];

/** What the server says about the process as it is drawn, asked again whenever the drawing has rested. */
export function useCheck(designer: Designer | undefined): { findings: Finding[]; checking: boolean; checked: boolean; error: unknown } {
  const [edition] = useDebouncedValue(designer?.edition ?? 0, rest);
  const { data, error, isFetching } = useQuery({
    queryKey: ['process-check', designer?.id, edition],
    enabled: designer !== undefined,
    // Each state of the drawing is asked about once and not again.
    staleTime: Infinity,
    gcTime: 10_000,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => checkDocument((await designer?.xml()) ?? '', signal),
  });
  // What was found before the last change is no answer about what is drawn now.
  const checking = isFetching || edition !== (designer?.edition ?? 0);
  return { findings: data ?? none, checking, checked: data !== undefined && !checking, error };
}
