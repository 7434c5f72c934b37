import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface PageHeaderProps {
  title: string;
  beside?: ReactNode;
  hint?: string;
  children?: ReactNode;
  /** Inside a page that already has its h1: one level lower, and the window keeps its title. */
  embedded?: boolean;
}

/** The head of every page: its only h1, what stands beside it, and the actions at the right. */
export function PageHeader({ title, beside, hint, children, embedded = false }: PageHeaderProps) {
  const shown = `${title} · Provost`;
  useDocumentTitle(embedded ? document.title : shown);
  return (
    <Group justify="space-between" align="flex-start" gap="sm" mb="md">
      <Stack gap={2}>
        <Group gap="xs" align="center">
          <Title order={embedded ? 2 : 1}>{title}</Title>
          {beside}
        </Group>
        {hint ? <Text c="dimmed" size="sm">{hint}</Text> : null}
      </Stack>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
