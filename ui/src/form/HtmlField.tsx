import { Input, SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ScriptEditor } from '@/editor/ScriptEditor';
import { useFieldChrome, type FieldProps } from './Field';
import classes from './HtmlField.module.css';

/**
 * HTML as source with a preview. The preview is a frame without any right (no scripts, no forms, no access to the
 * page), because the text may come from a load and not from a person we trust.
 */
export default function HtmlField(props: FieldProps) {
  const { value, onChange, readOnly = false } = props;
  const { label, description, error, withAsterisk } = { label: '', description: undefined, ...useFieldChrome(props) };
  const { t } = useTranslation('form');
  const [view, setView] = useState(readOnly ? 'preview' : 'source');
  const source = typeof value === 'string' ? value : '';
  return (
    <Input.Wrapper label={label} description={description} error={error} withAsterisk={withAsterisk} labelElement="div">
      <Stack gap={6} mt={4}>
        <SegmentedControl
          w="fit-content"
          aria-label={t('html.view')}
          value={view}
          onChange={setView}
          data={[{ value: 'source', label: t('html.source') }, { value: 'preview', label: t('html.preview') }]}
        />
        {view === 'source' ? (
          <ScriptEditor label={label} language="html" value={source} onChange={onChange} readOnly={readOnly} minLines={5} />
        ) : (
          <iframe className={classes.preview} title={t('html.preview')} sandbox="" srcDoc={source} />
        )}
      </Stack>
    </Input.Wrapper>
  );
}
