import { ActionIcon, Button, Group, Stack } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDrawing } from '../context';
import classes from '../Designer.module.css';

interface RowsProps<Row> {
  /** What the rows are, for screen readers: "Fields". */
  label: string;
  rows: readonly Row[];
  onChange: (rows: Row[]) => void;
  /** How a row is called, for the names of its buttons. */
  name: (row: Row, index: number) => string;
  fresh: () => Row;
  addLabel: string;
  /** The order means something: rows are dragged, or moved by buttons. */
  ordered?: boolean;
  children: (row: Row, change: (changed: Partial<Row>) => void) => ReactNode;
}

/** The list with one row moved to another place. */
export function moved<Row>(rows: readonly Row[], from: number, to: number): Row[] {
  const next = rows.slice();
  const [row] = next.splice(from, 1);
  if (row !== undefined) next.splice(to, 0, row);
  return next;
}

/** Rows of a panel that are added, removed and, where it matters, put in order. */
export function Rows<Row extends object>({ label, rows, onChange, name, fresh, addLabel, ordered = false, children }: RowsProps<Row>) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  const [dragged, setDragged] = useState<number>();
  const move = (from: number, to: number) => onChange(moved(rows, from, to));
  return (
    <Stack gap="xs">
      {rows.length === 0 ? null : <Stack gap="xs" role="list" aria-label={label}>{rows.map((row, index) => (
        // Rows have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} role="listitem">
          <div
            role="presentation"
            className={classes.row}
            data-dragged={dragged === index || undefined}
            onDragOver={(event) => dragged !== undefined && event.preventDefault()}
            onDrop={() => dragged !== undefined && dragged !== index && move(dragged, index)}
          >
            <Group gap={2} justify="space-between" wrap="nowrap">
              {ordered && !readOnly ? (
                <div draggable className={classes.grip} title={t('rows.drag')} onDragStart={() => setDragged(index)} onDragEnd={() => setDragged(undefined)}>
                  <IconGripVertical size={14} aria-hidden />
                </div>
              ) : <span />}
              {readOnly ? null : (
                <Group gap={2} wrap="nowrap">
                  {ordered ? (
                    <>
                      <ActionIcon size="sm" disabled={index === 0} aria-label={t('rows.up', { name: name(row, index) })} onClick={() => move(index, index - 1)}><IconArrowUp size={13} /></ActionIcon>
                      <ActionIcon size="sm" disabled={index === rows.length - 1} aria-label={t('rows.down', { name: name(row, index) })} onClick={() => move(index, index + 1)}><IconArrowDown size={13} /></ActionIcon>
                    </>
                  ) : null}
                  <ActionIcon size="sm" aria-label={t('rows.remove', { name: name(row, index) })} onClick={() => onChange(rows.filter((_, at) => at !== index))}><IconTrash size={13} /></ActionIcon>
                </Group>
              )}
            </Group>
            {children(row, (changed) => onChange(rows.map((each, at) => (at === index ? { ...each, ...changed } : each))))}
          </div>
        </div>
      ))}</Stack>}
      {readOnly ? null : <Button w="fit-content" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange([...rows, fresh()])}>{addLabel}</Button>}
    </Stack>
  );
}
