import { Anchor, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Failure } from '@/kit/Failure';
import { isRefusal } from '@/process/definitions';

interface RefusedDialogProps {
  error: unknown;
  onClose: () => void;
  /** Goes to the element that a finding is about. */
  onSelect?: (element: string) => void;
}

/** The element in a location such as `approve (line 12)`. */
export function elementOf(location: string): string {
  return location.replace(/ \(line \d+\)$/, '').replace(/^body\.?/, '');
}

/** Why a definition was not published: every reason at once, each leading to its element. */
export function RefusedDialog({ error, onClose, onSelect }: RefusedDialogProps) {
  const { t } = useTranslation('processes');
  const findings = isRefusal(error) ? (error.problem.errors ?? []) : [];
  return (
    <Modal opened onClose={onClose} size="lg" title={t('refused.title')}>
      <Stack>
        {findings.length === 0 ? <Failure error={error} /> : (
          <>
            <Text size="sm">{t('refused.hint', { count: findings.length })}</Text>
            <List size="sm" spacing="xs">
              {findings.map(({ location = '', message = '' }) => (
                <List.Item key={`${location} ${message}`}>
                  {message}
                  <Text size="xs" c="dimmed">{onSelect ? <Anchor component="button" type="button" size="xs" onClick={() => onSelect(elementOf(location))}>{location}</Anchor> : location}</Text>
                </List.Item>
              ))}
            </List>
          </>
        )}
        <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t('refused.close')}</Button></Group>
      </Stack>
    </Modal>
  );
}
