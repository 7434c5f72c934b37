import { Button, Group, Modal, Radio, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel, type Attribute } from '@/api/schema';
import { isEmpty, valueAt, type Values } from '@/form/values';
import { Value } from '@/list/cells';
import type { Conflict } from './draft';

interface ConflictDialogProps {
  conflict: Conflict;
  mine: Values;
  attributes: readonly Attribute[];
  /** Gets the attributes that keep our value. */
  onSettle: (names: string[]) => void;
  onClose: () => void;
}

/** Somebody else saved first: both values side by side, the person decides for each; nothing typed is lost. */
export function ConflictDialog({ conflict, mine, attributes, onSettle, onClose }: ConflictDialogProps) {
  const { t } = useTranslation('object');
  const label = useLabel();
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set(conflict.names));
  const choose = (name: string, side: string) => {
    const next = new Set(kept);
    if (side === 'mine') next.add(name);
    else next.delete(name);
    setKept(next);
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={t('conflict.title')}>
      <Stack>
        <Text size="sm">{t('conflict.explain')}</Text>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('conflict.attribute')}</Table.Th>
              <Table.Th>{t('conflict.mine')}</Table.Th>
              <Table.Th>{t('conflict.theirs')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {attributes.filter(({ name }) => conflict.names.includes(name)).map((attribute) => {
              const { name } = attribute;
              const side = kept.has(name) ? 'mine' : 'theirs';
              return (
                <Table.Tr key={name}>
                  <Table.Th scope="row">{label(attribute)}</Table.Th>
                  {(['mine', 'theirs'] as const).map((each) => (
                    <Table.Td key={each}>
                      <Radio
                        name={name}
                        value={each}
                        checked={side === each}
                        onChange={() => choose(name, each)}
                        label={<Side attribute={attribute} value={valueAt(each === 'mine' ? mine : conflict.theirs.object, name)} />}
                      />
                    </Table.Td>
                  ))}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('conflict.later')}</Button>
          <Button onClick={() => onSettle([...kept])}>{t('conflict.apply')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Side({ attribute, value }: { attribute: Attribute; value: unknown }) {
  const { t } = useTranslation('common');
  return isEmpty(value) ? <em>{t('nothing')}</em> : <Value attribute={attribute} value={value} />;
}
