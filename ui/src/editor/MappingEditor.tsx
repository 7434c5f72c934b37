import { ActionIcon, Autocomplete, Button, Code, Group, Menu, Stack, Text, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowsHorizontal, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './MappingEditor.module.css';
import { ScriptEditor, type Finding, type HostName } from './ScriptEditor';

/** One line of an attribute mapping. `out` goes to the system, `in` comes from it, `both` does both. */
export interface MappingRow {
  systemAttribute: string;
  direction: 'in' | 'out' | 'both';
  /** A Provost attribute or an expression over them. */
  expression: string;
}

interface MappingEditorProps {
  rows: MappingRow[];
  onChange: (rows: MappingRow[]) => void;
  systemAttributes?: string[];
  hostNames?: readonly HostName[];
  lint?: (source: string) => Promise<Finding[]>;
  /** What each row gives for the object tried, by system attribute. */
  evaluated?: Record<string, { value?: unknown; error?: string }>;
  readOnly?: boolean;
}

const arrows = { in: IconArrowRight, out: IconArrowLeft, both: IconArrowsHorizontal } as const;

/** Rows of system attribute, direction, and what it is made of in Provost; the order is the order of evaluation. */
export function MappingEditor({ rows, onChange, systemAttributes = [], hostNames, lint, evaluated, readOnly = false }: MappingEditorProps) {
  const { t } = useTranslation('editor');
  const replace = (at: number, row: MappingRow) => onChange(rows.map((each, index) => (index === at ? row : each)));
  const move = (at: number, by: -1 | 1) => {
    const order = [...rows];
    const [row] = order.splice(at, 1);
    if (row !== undefined) order.splice(at + by, 0, row);
    onChange(order);
  };
  return (
    <div className={classes.mapping}>
      <div className={classes.head} aria-hidden>
        <span>{t('mapping.system')}</span>
        <span />
        <span>{t('mapping.provost')}</span>
      </div>
      <Stack gap={0} role="list" aria-label={t('mapping.label')}>
      {rows.map((row, index) => (
        // Rows have no identity but their place; two may be alike while they are being written.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className={classes.row} role="listitem">
          <Autocomplete
            aria-label={t('mapping.system')}
            data={systemAttributes}
            readOnly={readOnly}
            value={row.systemAttribute}
            onChange={(systemAttribute) => replace(index, { ...row, systemAttribute })}
          />
          <DirectionMenu direction={row.direction} readOnly={readOnly} onChange={(direction) => replace(index, { ...row, direction })} />
          <div>
            <ScriptEditor
              label={t('mapping.expressionOf', { attribute: row.systemAttribute })}
              value={row.expression}
              minLines={1}
              readOnly={readOnly}
              lint={lint}
              hostNames={hostNames}
              onChange={(expression) => replace(index, { ...row, expression })}
            />
            <Evaluated outcome={evaluated?.[row.systemAttribute]} />
          </div>
          {readOnly ? null : (
            <Group gap={0} wrap="nowrap">
              <ActionIcon disabled={index === 0} aria-label={t('mapping.up')} onClick={() => move(index, -1)}><IconArrowUp size={14} /></ActionIcon>
              <ActionIcon disabled={index === rows.length - 1} aria-label={t('mapping.down')} onClick={() => move(index, 1)}><IconArrowDown size={14} /></ActionIcon>
              <ActionIcon aria-label={t('mapping.remove', { attribute: row.systemAttribute })} onClick={() => onChange(rows.filter((_, at) => at !== index))}>
                <IconTrash size={14} />
              </ActionIcon>
            </Group>
          )}
        </div>
      ))}
      </Stack>
      {readOnly ? null : (
        <Button
          m="xs"
          w="fit-content"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...rows, { systemAttribute: '', direction: 'out', expression: '' }])}
        >
          {t('mapping.add')}
        </Button>
      )}
    </div>
  );
}

function DirectionMenu({ direction, readOnly, onChange }: { direction: MappingRow['direction']; readOnly: boolean; onChange: (direction: MappingRow['direction']) => void }) {
  const { t } = useTranslation('editor');
  const Arrow = arrows[direction];
  return (
    <Menu position="bottom" disabled={readOnly}>
      <Menu.Target>
        <Tooltip label={t(`direction.${direction}`)}>
          <ActionIcon variant="light" color="petrol" aria-label={t(`direction.${direction}`)}><Arrow size={16} /></ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(['out', 'in', 'both'] as const).map((each) => {
          const Sign = arrows[each];
          return <Menu.Item key={each} leftSection={<Sign size={14} />} onClick={() => onChange(each)}>{t(`direction.${each}`)}</Menu.Item>;
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

function Evaluated({ outcome }: { outcome?: { value?: unknown; error?: string } }) {
  if (outcome === undefined) return null;
  if (outcome.error !== undefined) return <Text size="xs" c="var(--mantine-color-error)" mt={2}>{outcome.error}</Text>;
  return <Code mt={2} display="inline-block">{JSON.stringify(outcome.value) ?? 'null'}</Code>;
}
