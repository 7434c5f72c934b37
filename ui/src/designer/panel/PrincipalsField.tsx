import { TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/hooks';
import { useDrawing } from '../context';
import { everybody, joinPrincipals, nobody, parsePrincipals, principalOf } from '../principals';

interface PrincipalsFieldProps {
  label: string;
  description?: string;
  value: string | undefined;
  onCommit: (text: string) => void;
  /** Everybody and nobody can be chosen too. */
  open?: boolean;
}

/** The people, groups and roles that a search finds, as the document writes them. */
function useFound(search: string): { group: string; items: string[] }[] {
  const { t } = useTranslation('designer');
  const [question] = useDebouncedValue(search.replace(/^(group|role):/, '').replace(/@.*$/, ''), 200);
  const asked = question.trim().length > 0 && !question.includes('#{');
  const query = { q: question.trim(), size: 8 };
  const users = useList('users', query, asked).data?.rows ?? [];
  const groups = useList('groups', query, asked).data?.rows ?? [];
  const roles = useList('roles', query, asked).data?.rows ?? [];
  if (!asked) return [];
  return [
    { group: t('principals.users'), items: users.map((user) => principalOf('user', user)) },
    { group: t('principals.groups'), items: groups.map((group) => principalOf('group', group)) },
    { group: t('principals.roles'), items: [...new Set(roles.map((role) => principalOf('role', role)))] },
  ];
}

/** Who: users, groups and roles found on the server, or an #{expression}; written as one text, as the document has it. */
export function PrincipalsField({ label, description, value = '', onCommit, open = false }: PrincipalsFieldProps) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  const [search, setSearch] = useState('');
  const found = useFound(search);
  const chosen = parsePrincipals(value);
  const special = open ? [{ group: t('principals.special'), items: [everybody, nobody] }] : [];
  return (
    <TagsInput
      label={label}
      description={description}
      placeholder={chosen.length === 0 ? t('principals.placeholder') : undefined}
      readOnly={readOnly}
      splitChars={[]}
      acceptValueOnBlur
      data={[...special, ...found]}
      // The server has searched already, also in names that the written form does not show.
      filter={({ options }) => options}
      renderOption={({ option }) => (option.value === everybody ? t('principals.everybody') : option.value === nobody ? t('principals.nobody') : option.value)}
      value={chosen}
      onSearchChange={setSearch}
      onChange={(next) => onCommit(joinPrincipals(next))}
    />
  );
}
