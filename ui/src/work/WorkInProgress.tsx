import { Anchor, Group, Stack, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { DueMark } from './DueMark';
import type { ProcessDetail } from './model';
import classes from './work.module.css';

/** What people have to do in a process now, and who they are. */
export function WorkInProgress({ tasks, over }: { tasks: ProcessDetail['tasks']; over: boolean }) {
  const { t } = useTranslation('process');
  return (
    <section className="surface" aria-label={t('work.title')}>
      <Text component="h2" m={0} p="sm" size="sm" fw={600}>{t('work.title')}</Text>
      {tasks.length === 0 ? <Text size="sm" c="dimmed" className={classes.panel} pt={0}>{t(over ? 'work.over' : 'work.none')}</Text> : (
        <Table.ScrollContainer minWidth={560}>
          <Table aria-label={t('work.title')}>
            <Table.Thead>
              <Table.Tr>{(['task', 'state', 'who', 'since', 'due'] as const).map((name) => <Table.Th key={name}>{t(`work.${name}`)}</Table.Th>)}</Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tasks.map((task) => (
                <Table.Tr key={task.id}>
                  <Table.Th scope="row" fw={500}><Anchor component={Link} to={`/tasks/${task.id}`} size="sm">{task.title}</Anchor></Table.Th>
                  <Table.Td><StatusBadge status={task.status} /></Table.Td>
                  <Table.Td>
                    <Stack gap={0}>
                      {task.assignee ? <Text size="sm">{task.assignee}</Text> : <Text size="sm" c="dimmed">{t('work.candidates', { names: task.candidates.join(', ') })}</Text>}
                    </Stack>
                  </Table.Td>
                  <Table.Td><RelativeTime at={task.openedAt} /></Table.Td>
                  <Table.Td><Group gap={0}><DueMark at={task.dueAt} /></Group></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}
