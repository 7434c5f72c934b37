import { ActionIcon, Button, Code, Group, Menu, Stack, Text, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowsHorizontal, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ExpressionField } from './ExpressionField';
import { moved, scriptSide, type Direction, type Evaluated, type MappingRow } from './mapping';
import classes from './MappingEditor.module.css';
import type { HostName } from './ScriptEditor';

interface MappingEditorProps {
  rows: MappingRow[];
  onChange: (rows: MappingRow[]) => void;
  systemAttributes?: readonly string[];
  provostAttributes?: readonly string[];
  hostNames?: readonly HostName[];
  /** What each row gives for the object tried, by its place. */
  evaluated?: Evaluated;
  readOnly?: boolean;
}

const arrows = { '=>': IconArrowRight, '<=': IconArrowLeft, '<=>': IconArrowsHorizontal } as const;
const words = { '=>': 'in', '<=': 'out', '<=>': 'both' } as const;

/** Rows of system attribute, direction, and what it is made of in Provost; the order is the order of evaluation. */
export function MappingEditor({ rows, onChange, systemAttributes, provostAttributes, hostNames, evaluated, readOnly = false }: MappingEditorProps) {
  const { t } = useTranslation('editor');
  const replace = (at: number, row: MappingRow) => onChange(rows.map((each, index) => (index === at ? row : each)));
  return (
    <div className={classes.mapping}>
      <div className={classes.head} aria-hidden>
        <span>{t('mapping.system')}</span>
        <span />
        <span>{t('mapping.provost')}</span>
      </div>
      <Stack gap={0} role="list" aria-label={t('mapping.label')}>
        {rows.map((row, index) => {
          const side = scriptSide(row);
          return (
            // Rows have no identity but their place; two may be alike while they are being written.
            // oxlint-disable-next-line react/no-array-index-key
            <div key={index} className={classes.row} role="listitem">
              <ExpressionField label={t('mapping.systemOf', { row: index + 1 })} names={systemAttributes} scripts={side === 'system'} hostNames={hostNames} readOnly={readOnly} value={row.system} onChange={(system) => replace(index, { ...row, system })} />
              <DirectionMenu direction={row.direction} readOnly={readOnly} onChange={(direction) => replace(index, { ...row, direction })} />
              <div>
                <ExpressionField label={t('mapping.provostOf', { row: index + 1 })} names={provostAttributes} scripts={side === 'provost'} hostNames={hostNames} readOnly={readOnly} value={row.provost} onChange={(provost) => replace(index, { ...row, provost })} />
                <Outcome outcome={evaluated?.[index]} />
              </div>
              {readOnly ? null : (
                <Group gap={0} wrap="nowrap">
                  <ActionIcon disabled={index === 0} aria-label={t('mapping.up', { row: index + 1 })} onClick={() => onChange(moved(rows, index, -1))}><IconArrowUp size={14} /></ActionIcon>
                  <ActionIcon disabled={index === rows.length - 1} aria-label={t('mapping.down', { row: index + 1 })} onClick={() => onChange(moved(rows, index, 1))}><IconArrowDown size={14} /></ActionIcon>
                  <ActionIcon aria-label={t('mapping.remove', { attribute: row.system || index + 1 })} onClick={() => onChange(rows.filter((_, at) => at !== index))}><IconTrash size={14} /></ActionIcon>
                </Group>
              )}
            </div>
          );
        })}
      </Stack>
      {readOnly ? null : (
        <Button m="xs" w="fit-content" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange([...rows, { system: '', direction: '<=', provost: '' }])}>
          {t('mapping.add')}
        </Button>
      )}
    </div>
  );
}

function DirectionMenu({ direction, readOnly, onChange }: { direction: Direction; readOnly: boolean; onChange: (direction: Direction) => void }) {
  const { t } = useTranslation('editor');
  const Arrow = arrows[direction];
  return (
    <Menu position="bottom" disabled={readOnly}>
      <Menu.Target>
        <Tooltip label={t(`direction.${words[direction]}`)}>
          <ActionIcon variant="light" color="petrol" aria-label={t(`direction.${words[direction]}`)}><Arrow size={16} /></ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(['<=', '=>', '<=>'] as const).map((each) => {
          const Sign = arrows[each];
          return <Menu.Item key={each} leftSection={<Sign size={14} />} onClick={() => onChange(each)}>{t(`direction.${words[each]}`)}</Menu.Item>;
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

function Outcome({ outcome }: { outcome?: { value?: unknown; error?: string } }) {
  if (outcome === undefined) return null;
  if (outcome.error) return <Text size="xs" c="var(--mantine-color-error)" mt={2}>{outcome.error}</Text>;
  return <Code mt={2} display="inline-block">{JSON.stringify(outcome.value) ?? 'null'}</Code>;
}
