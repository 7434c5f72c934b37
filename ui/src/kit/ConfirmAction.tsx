import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from './Failure';

/** What a person is asked before something happens that cannot be undone. */
export interface Confirmation {
  title: string;
  /** Each consequence in one line: how many accounts, which systems. */
  consequences: ReactNode[];
  /** The verb on the button ("Delete 3 users"), never "OK". */
  action: string;
  danger?: boolean;
  run: () => Promise<unknown>;
}

/** Asks once, states the consequences, stays open and says why when the action is refused. */
export function ConfirmAction({ confirmation, onClose }: { confirmation: Confirmation | undefined; onClose: () => void }) {
  return (
    <Modal opened={confirmation !== undefined} onClose={onClose} title={confirmation?.title} size="md">
      {confirmation ? <Question confirmation={confirmation} onClose={onClose} /> : null}
    </Modal>
  );
}

function Question({ confirmation, onClose }: { confirmation: Confirmation; onClose: () => void }) {
  const { t } = useTranslation('common');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const { consequences, action, danger = true, run } = confirmation;

  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await run();
      onClose();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Stack>
      <Alert color={danger ? 'red' : 'gray'} variant="light" icon={<IconAlertTriangle size={18} />} title={t('confirm.consequences')}>
        <List size="sm" spacing={4}>
          {consequences.map((consequence, index) => (
            // The lines are fixed while the question is open.
            // oxlint-disable-next-line react/no-array-index-key
            <List.Item key={index}>{consequence}</List.Item>
          ))}
        </List>
      </Alert>
      {error === undefined ? null : <Failure error={error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>{t('cancel')}</Button>
        <Button color={danger ? 'red' : undefined} loading={busy} onClick={() => void confirm()}>
          <Text span inherit>{action}</Text>
        </Button>
      </Group>
    </Stack>
  );
}
