import { Combobox, Group, Button, Text, TextInput, useCombobox } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel, type Attribute } from '@/api/schema';
import classes from './FilterInput.module.css';
import { checkFilter, completeFilter, type FilterFault } from './filter';

/** The server's sentence about a filter it refused, and the character it stumbled over. */
export interface Refusal {
  sentence: string;
  position?: number;
}

interface FilterInputProps {
  value: string;
  attributes: readonly Attribute[];
  refusal?: Refusal;
  onSubmit: (filter: string) => void;
}

/** The advanced search: SCIM, with proposals for what can come next and a mark where it stops making sense. */
export function FilterInput({ value, attributes, refusal, onSubmit }: FilterInputProps) {
  const { t } = useTranslation('list');
  const label = useLabel();
  const input = useRef<HTMLInputElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [typed, setTyped] = useState(value);
  const [caret, setCaret] = useState(value.length);
  const [fault, setFault] = useState<FilterFault>();
  // The refusal is about what was sent; from the next letter on it says nothing any more.
  const refused = typed === value ? refusal : undefined;
  const position = fault?.position ?? refused?.position;
  const proposals = completeFilter(typed, caret, attributes);

  const submit = () => {
    const found = checkFilter(typed);
    setFault(found);
    if (found === undefined) onSubmit(typed.trim());
    else input.current?.setSelectionRange(found.position, found.position);
  };
  const take = (text: string) => {
    const proposal = proposals.find((each) => each.text === text);
    if (proposal === undefined) return;
    const head = `${typed.slice(0, proposal.from)}${text}${text.endsWith('(') ? '' : ' '}`;
    setTyped(head + typed.slice(caret));
    setCaret(head.length);
    requestAnimationFrame(() => input.current?.setSelectionRange(head.length, head.length));
  };

  return (
    <Combobox store={combobox} onOptionSubmit={take} withinPortal>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Combobox.Target>
          <TextInput
            ref={input}
            className={classes.input}
            aria-label={t('search.filterLabel')}
            placeholder='userName sw "a" and active eq true'
            spellCheck={false}
            value={typed}
            error={fault === undefined ? refused?.sentence : t(`fault.${fault.expected}`, { position: fault.position + 1 })}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart ?? 0);
              setFault(undefined);
              combobox.openDropdown();
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onFocus={() => combobox.openDropdown()}
            onBlur={() => combobox.closeDropdown()}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && combobox.getSelectedOptionIndex() < 0) submit();
            }}
          />
        </Combobox.Target>
        <Button variant="default" onClick={submit}>{t('search.go')}</Button>
      </Group>
      {position === undefined ? null : <pre className={classes.fault} aria-hidden>{`${typed}\n${' '.repeat(position)}▲`}</pre>}
      <Combobox.Dropdown hidden={proposals.length === 0}>
        <Combobox.Options aria-label={t('search.proposals')}>
          {proposals.map(({ text }) => {
            const attribute = attributes.find(({ name }) => name === text);
            return (
              <Combobox.Option key={text} value={text}>
                <Group justify="space-between" gap="md">
                  <Text size="sm" ff="monospace">{text}</Text>
                  {attribute ? <Text size="xs" c="dimmed">{label(attribute)}</Text> : null}
                </Group>
              </Combobox.Option>
            );
          })}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
