import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** A fact about an object: what it is and its value. */
export interface Fact {
  label: string;
  value: ReactNode;
}

/** The two or three facts that matter, side by side. Facts without a value are left out. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <Group component="dl" gap="xl" m={0}>
      {facts.filter(({ value }) => value !== undefined && value !== null && value !== '').map(({ label, value }) => (
        <Stack key={label} gap={0}>
          <Text component="dt" size="xs" c="dimmed">{label}</Text>
          <Text component="dd" size="sm" m={0} fw={500}>{value}</Text>
        </Stack>
      ))}
    </Group>
  );
}
