import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Fields that belong together, under a heading. */
export function Section({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Stack component="section" gap="xs" aria-label={title}>
      <div>
        <Text component="h3" m={0} size="sm" fw={600}>{title}</Text>
        {hint ? <Text size="xs" c="dimmed">{hint}</Text> : null}
      </div>
      {children}
    </Stack>
  );
}
