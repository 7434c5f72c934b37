import { Checkbox, Input, Textarea, TextInput, type TextInputProps } from '@mantine/core';
import { ScriptEditor } from '@/editor/ScriptEditor';
import { useDrawing, useTyped } from '../context';

interface TextProps extends Pick<TextInputProps, 'description' | 'placeholder' | 'error' | 'withAsterisk'> {
  label: string;
  /** The label is for screen readers only, as in a row of a list. */
  labelHidden?: boolean;
  value: string | undefined;
  onCommit: (text: string) => void;
}

/** A line of text of the document. */
export function TextField({ label, labelHidden = false, value = '', onCommit, ...chrome }: TextProps) {
  const { readOnly } = useDrawing();
  const [shown, type, settle] = useTyped(value, onCommit);
  return (
    <TextInput
      {...chrome}
      {...(labelHidden ? { 'aria-label': label } : { label })}
      autoComplete="off"
      spellCheck={false}
      readOnly={readOnly}
      value={shown}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => event.key === 'Enter' && settle()}
    />
  );
}

/** A text of several lines. */
export function LongTextField({ label, value = '', onCommit, ...chrome }: TextProps) {
  const { readOnly } = useDrawing();
  const [shown, type, settle] = useTyped(value, onCommit);
  return <Textarea {...chrome} label={label} autosize minRows={2} maxRows={10} readOnly={readOnly} value={shown} onChange={(event) => type(event.currentTarget.value)} onBlur={settle} />;
}

/** A whole number; nothing typed is no number. */
export function NumberField({ value, onCommit, ...props }: Omit<TextProps, 'value' | 'onCommit'> & { value: number | undefined; onCommit: (value: number | undefined) => void }) {
  const commit = (text: string) => {
    const number = Number.parseInt(text, 10);
    onCommit(Number.isNaN(number) || number < 0 ? undefined : number);
  };
  return <TextField {...props} value={value === undefined ? '' : String(value)} onCommit={commit} />;
}

/** Yes or no. */
export function FlagField({ label, description, value = false, onCommit }: { label: string; description?: string; value: boolean | undefined; onCommit: (value: boolean) => void }) {
  const { readOnly } = useDrawing();
  return <Checkbox label={label} description={description} disabled={readOnly} checked={value} onChange={(event) => onCommit(event.currentTarget.checked)} />;
}

interface ScriptProps {
  label: string;
  description?: string;
  value: string | undefined;
  onCommit: (script: string) => void;
  minLines?: number;
}

/** JavaScript of the document. */
export function ScriptField({ label, description, value = '', onCommit, minLines = 4 }: ScriptProps) {
  const { readOnly } = useDrawing();
  const [shown, type, settle] = useTyped(value, onCommit);
  return (
    <Input.Wrapper label={label} description={description} labelElement="div" onBlur={settle}>
      <ScriptEditor label={label} value={shown} onChange={type} readOnly={readOnly} minLines={minLines} />
    </Input.Wrapper>
  );
}
