import { Group, Text } from '@mantine/core';

/** The name and its sign. */
export function Logo() {
  return (
    <Group gap={8} wrap="nowrap">
      <img src="/favicon.svg" width={24} height={24} alt="" />
      <Text fw={650} size="lg" lts="-0.01em">Provost</Text>
    </Group>
  );
}
