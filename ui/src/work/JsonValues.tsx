import { Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '@/api/problem';
import type { Values } from '@/form/values';
import { readJsonValues } from './jsonValues';

interface JsonValuesProps {
  label: string;
  source: string;
  onChange: (source: string) => void;
}

/** A box for values of a process where no form asks for them: people who look after processes write them as JSON. */
export function JsonValues({ label, source, onChange }: JsonValuesProps) {
  const { t } = useTranslation('process');
  return (
    <Textarea
      label={label}
      description={t('json.hint')}
      autosize
      minRows={3}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      value={source}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Reads what was written, undefined for nothing; what cannot be read is thrown as a refusal that a dialog shows. */
export function useJsonReader(): (source: string) => Values | undefined {
  const { t } = useTranslation('process');
  return (source) => {
    const values = readJsonValues(source);
    if (typeof values === 'string') throw new ProblemError({ status: 422, errors: [{ message: t(`json.fault.${values}`) }] });
    return Object.keys(values).length > 0 ? values : undefined;
  };
}
