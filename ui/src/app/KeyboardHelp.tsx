import { Group, Kbd, Modal, Table } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

const shortcuts = [
  { keys: ['Ctrl', 'K'], does: 'keyboard.find' },
  { keys: ['j'], does: 'keyboard.next' },
  { keys: ['k'], does: 'keyboard.previous' },
  { keys: ['Enter'], does: 'keyboard.open' },
  { keys: ['x'], does: 'keyboard.select' },
  { keys: ['Ctrl', 'S'], does: 'keyboard.save' },
  { keys: ['Esc'], does: 'keyboard.close' },
  { keys: ['?'], does: 'keyboard.help' },
] as const;

const requested = new EventTarget();

/** Opens the help, as `?` does. */
export function openKeyboardHelp(): void {
  requested.dispatchEvent(new Event('open'));
}

/** Which keys do what. */
export function KeyboardHelp() {
  const { t } = useTranslation('shell');
  const [opened, setOpened] = useState(false);
  // '?' is Shift and a key that differs between keyboards.
  useHotkeys([['shift+?', () => setOpened(true)]]);
  useEffect(() => {
    const open = () => setOpened(true);
    requested.addEventListener('open', open);
    return () => requested.removeEventListener('open', open);
  }, []);
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title={t('keyboard.title')}>
      <Table withRowBorders={false}>
        <Table.Tbody>
          {shortcuts.map(({ keys, does }) => (
            <Table.Tr key={does}>
              <Table.Td w={120}><Group gap={4}>{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</Group></Table.Td>
              <Table.Td>{t(does)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
