import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { ProblemError } from '@/api/problem';
import { Appearance } from '@/theme/Appearance';
import { router } from './router';

/** Asking again helps against a lost connection, never against a refusal. */
function shouldRetry(failures: number, error: unknown): boolean {
  const passing = !(error instanceof ProblemError) || error.status === 0 || error.status >= 500;
  return passing && failures < 2;
}

/** The console. */
export function App() {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: shouldRetry, staleTime: 10_000 } } }));
  return (
    <Appearance>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" limit={4} />
      </QueryClientProvider>
    </Appearance>
  );
}
