import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '@/api/problem';
import type { Attribute, ChoiceSource } from '@/api/schema';
import { findChoice } from '@/form/choices';
import type { Values } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import type { NewGrant, ScopeChoice, ScopeKind } from './grants';

interface GrantDialogProps {
  /** The field of the form that holds the lines. */
  source: ChoiceSource;
  /** For whom, when the form says so already: user name. */
  user: string;
  onAdd: (grant: NewGrant) => void;
  onClose: () => void;
}

/** The role that a name means, with the kind of its scope; asked again for each name. */
function useRole(source: ChoiceSource, name: string) {
  return useQuery({
    queryKey: ['choices', source, 'role', name.toLowerCase()],
    queryFn: async () => (await findChoice({ ...source, kind: 'role' }, name)) ?? null,
    enabled: name.includes('@'),
  }).data;
}

/** Asks for one permission: who, which role, within which limits, from when until when, and why. */
export function GrantDialog({ source, user, onAdd, onClose }: GrantDialogProps) {
  const { t } = useTranslation('tasks');
  const initial: Values = { action: 'grant', user };
  const [chosen, setChosen] = useState<Values>(initial);
  const role = useRole(source, textOf(chosen.role));
  const scopeKind = role?.scopeKind ? (role.scopeKind as ScopeKind) : undefined;
  const scopeSource = { ...source, kind: `scope-${scopeKind}`, domain: role?.scopeDomainId ?? undefined };
  const field = (name: 'action' | 'user' | 'role' | 'scopes' | 'startAt' | 'endAt' | 'reason', more: Partial<Attribute>): Attribute => ({
    name, type: 'string', label: { en: t(`grant.${name}`), es: t(`grant.${name}`) }, ...more,
  });
  const attributes: Attribute[] = [
    field('action', { type: 'list', required: true, values: (['grant', 'revoke'] as const).map((value) => ({ value, label: t(`grant.actions.${value}`) })) }),
    field('user', { type: 'reference', required: true, choices: { ...source, kind: 'user' } }),
    field('role', { type: 'reference', required: true, choices: { ...source, kind: 'role' } }),
    ...(scopeKind ? [field('scopes', { type: 'reference', required: true, multiValued: true, choices: scopeSource })] : []),
    field('startAt', { type: 'dateTime' }),
    field('endAt', { type: 'dateTime' }),
    field('reason', { type: 'multiline' }),
  ];
  const missing = (location: string, name: string) => new ProblemError({ status: 422, errors: [{ location, message: t('grant.unknown', { name }) }] });

  const add = async (values: Values) => {
    const [who, which] = [textOf(values.user), textOf(values.role)];
    const [person, found] = await Promise.all([findChoice({ ...source, kind: 'user' }, who), findChoice({ ...source, kind: 'role' }, which)]);
    if (person === undefined) throw missing('user', who);
    if (found === undefined) throw missing('role', which);
    const scopes: ScopeChoice[] = [];
    for (const name of Array.isArray(values.scopes) && scopeKind ? values.scopes.map(String) : []) {
      const scope = await findChoice(scopeSource, name);
      if (scope === undefined) throw missing('scopes', name);
      scopes.push({ id: scope.id, name: scope.name });
    }
    onAdd({
      action: values.action === 'revoke' ? 'revoke' : 'grant', user: person.name, role: found.name, scopeKind, scopes,
      ...optional('startAt', values.startAt), ...optional('endAt', values.endAt), ...optional('reason', values.reason),
    });
  };

  return <FormDialog title={t('grant.add')} hint={t('grant.hint')} attributes={attributes} initial={initial} action={t('grant.add')} onChange={setChosen} onSubmit={add} onClose={onClose} />;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function optional(name: string, value: unknown): Record<string, string> {
  const text = textOf(value);
  return text === '' ? {} : { [name]: text };
}
