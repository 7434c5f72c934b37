import { Group, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { nameOf } from '@/api/name';

/** The way by which somebody holds something: group › role › contained role. Answers "why does she have this". */
export function PathOf({ steps }: { steps: readonly unknown[] }) {
  return (
    <Group gap={2} wrap="nowrap">
      {steps.map((step, index) => (
        // The same role may be on a path twice, at different places.
        // oxlint-disable-next-line react/no-array-index-key
        <Group key={index} gap={2} wrap="nowrap">
          {index > 0 ? <IconChevronRight size={12} aria-hidden /> : null}
          <Text span size="sm" c={index < steps.length - 1 ? 'dimmed' : undefined}>{nameOf(step)}</Text>
        </Group>
      ))}
    </Group>
  );
}
