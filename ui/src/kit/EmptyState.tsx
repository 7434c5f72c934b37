import { Center, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconInbox, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Says what belongs here and how to start; `children` are the buttons to start with. */
export function EmptyState({ title, hint, icon: Sign = IconInbox, children }: { title: string; hint?: string; icon?: Icon; children?: ReactNode }) {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="xs" maw={420}>
        <ThemeIcon size={44} radius="xl" variant="light" color="gray" aria-hidden>
          <Sign size={22} stroke={1.6} />
        </ThemeIcon>
        <Text fw={600} size="md">{title}</Text>
        {hint ? <Text c="dimmed" size="sm" ta="center">{hint}</Text> : null}
        {children ? <Group mt="xs">{children}</Group> : null}
      </Stack>
    </Center>
  );
}
