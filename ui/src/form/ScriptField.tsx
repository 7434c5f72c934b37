import { Input } from '@mantine/core';
import { ScriptEditor } from '@/editor/ScriptEditor';
import { useLabel } from '@/api/schema';
import type { FieldProps } from './Field';

/** A script of the installation, as metadata and naming rules have them. */
export default function ScriptField({ attribute, value, onChange, error, readOnly = false }: FieldProps) {
  const label = useLabel()(attribute);
  return (
    <Input.Wrapper label={label} description={attribute.hint} error={error} labelElement="div">
      <ScriptEditor label={label} value={typeof value === 'string' ? value : ''} onChange={onChange} readOnly={readOnly} minLines={3} />
    </Input.Wrapper>
  );
}
