import { ActionIcon, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import { usePermission } from '@/api/session';
import { ConfirmAction, type Confirmation } from './ConfirmAction';
import { useChange } from './refresh';
import { toastDone } from './toast';

interface RemoveButtonProps {
  resource: string;
  id: string;
  /** What is removed, as a person calls it. */
  name: string;
  /** Without it everybody may, as with what is one's own. */
  permission?: string;
  /** The verb: "Revoke", "Remove from group". */
  action: string;
  consequences: ReactNode[];
  /** What is said afterwards, where the object is not gone at once. */
  done?: string;
}

/** The bin at the end of a row: asks once, with the consequences. */
export function RemoveButton({ resource, id, name, permission, action, consequences, done }: RemoveButtonProps) {
  const { t } = useTranslation('object');
  const can = usePermission();
  const change = useChange();
  const [asked, setAsked] = useState<Confirmation>();
  if (!can(permission)) return null;
  const label = `${action}: ${name}`;
  return (
    <>
      <Tooltip label={action}>
        <ActionIcon
          aria-label={label}
          onClick={() =>
            setAsked({
              title: `${action}: ${name}`,
              action,
              consequences,
              run: async () => {
                await change('DELETE', address(resource, [id]));
                toastDone(done ?? t('remove.done', { name }));
              },
            })
          }
        >
          <IconTrash size={15} />
        </ActionIcon>
      </Tooltip>
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}
