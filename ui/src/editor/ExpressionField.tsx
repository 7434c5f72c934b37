import { ActionIcon, Autocomplete, Button, Group, Modal, Stack, Text, Tooltip } from '@mantine/core';
import { IconCode } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './ExpressionField.module.css';
import { ScriptEditor, type HostName } from './ScriptEditor';

interface ExpressionFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Names that may stand here. */
  names?: readonly string[];
  /** Whether a script may stand here. */
  scripts?: boolean;
  hostNames?: readonly HostName[];
  readOnly?: boolean;
}

/** A name or a short expression on one line; what is longer is written in an editor. A mapping has many of them, so the editor comes only when asked for. */
export function ExpressionField({ label, value, onChange, names = [], scripts = false, hostNames, readOnly = false }: ExpressionFieldProps) {
  const { t } = useTranslation('editor');
  const [editing, setEditing] = useState<string>();
  const long = value.includes('\n');
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      {long ? <pre className={classes.script} aria-label={label}>{value}</pre> : (
        <Autocomplete
          flex={1}
          aria-label={label}
          data={[...new Set(names)]}
          limit={30}
          readOnly={readOnly}
          spellCheck={false}
          classNames={{ input: classes.input }}
          value={value}
          onChange={onChange}
        />
      )}
      {scripts ? (
        <Tooltip label={t('mapping.script')}>
          <ActionIcon aria-label={`${t('mapping.script')}: ${label}`} onClick={() => setEditing(value)}><IconCode size={15} /></ActionIcon>
        </Tooltip>
      ) : null}
      <Modal opened={editing !== undefined} onClose={() => setEditing(undefined)} size="xl" title={label}>
        <Stack>
          <Text size="sm" c="dimmed">{t('mapping.scriptHint')}</Text>
          <ScriptEditor label={label} value={editing ?? ''} onChange={setEditing} minLines={10} readOnly={readOnly} hostNames={hostNames} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setEditing(undefined)}>{t('mapping.cancel')}</Button>
            {readOnly ? null : <Button onClick={() => { onChange(editing ?? ''); setEditing(undefined); }}>{t('mapping.take')}</Button>}
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
