import '@mantine/dates/styles.css';
import 'dayjs/locale/es';
import { DateInput, DatesProvider, DateTimePicker } from '@mantine/dates';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useFieldChrome, type FieldProps } from './Field';

/** Reads the same in every language, with the month's name, so that no day is taken for a month. */
const dateFormat = 'D MMM YYYY';

/**
 * A calendar date, or a moment in the person's zone. Dates travel as `2026-11-21`, moments as RFC 3339 in UTC,
 * so that a date never moves by a day for somebody further west.
 */
export default function DateField(props: FieldProps) {
  const { attribute, value, onChange } = props;
  const { t, i18n } = useTranslation('form');
  const clear = { clearable: !props.readOnly, clearButtonProps: { 'aria-label': t('clearDate') } };
  const calendar = { nextLabel: t('calendar.next'), previousLabel: t('calendar.previous') };
  const chrome = useFieldChrome(props);
  const current = typeof value === 'string' && value !== '' ? value : null;
  return (
    <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1 }}>
      {attribute.type === 'date' ? (
        <DateInput {...chrome} {...calendar} value={current?.slice(0, 10) ?? null} onChange={onChange} valueFormat={dateFormat} {...clear} />
      ) : (
        <DateTimePicker
          {...chrome}
          {...calendar}
          submitButtonProps={{ 'aria-label': t('calendar.take') }}
          value={current === null ? null : dayjs(current).format('YYYY-MM-DD HH:mm:ss')}
          onChange={(chosen) => onChange(chosen === null ? null : dayjs(chosen).toISOString())}
          valueFormat={`${dateFormat} HH:mm`}
          {...clear}
        />
      )}
    </DatesProvider>
  );
}
