import { Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconPlus, IconTemplate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, readPage, send } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import type { ObjectMapping } from '@/editor/mapping';
import { EmptyState } from '@/kit/EmptyState';
import { useFailureText } from '@/kit/Failure';
import { toastFailed } from '@/kit/toast';
import type { Draft } from '@/object/draft';
import { ObjectSection } from '@/object/ObjectSection';
import type { AgentRow } from './AgentsPage';
import { useConnectors } from './connector';
import { MappedObject } from './MappedObject';
import { MappingFiles } from './MappingFiles';

const others: readonly Attribute[] = [{ name: 'mappings', type: 'string', label: { en: 'Attribute mapping', es: 'Correspondencia de atributos' } }];
const nothing: readonly Attribute[] = [];

/** Which objects of the system are which of ours, and how their attributes flow (guide page 045, attribute mapping). */
export function Mappings({ agent }: { agent: AgentRow }) {
  return (
    <ObjectSection resource="systems" id={agent.id} attributes={nothing} others={others} permission="system:update">
      {(draft, readOnly) => (draft.original === undefined ? <Skeleton height={320} /> : <MappingList agent={agent} draft={draft} readOnly={readOnly} />)}
    </ObjectSection>
  );
}

interface SchemaClass {
  name: string;
  attributes: { name: string }[] | null;
}

/** Classes of the system itself, for proposals; a system that cannot be asked has none. */
function useSystemClasses(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['system-schema', id],
    queryFn: async ({ signal }) => (await readPage<SchemaClass>(address('systems', [id, 'schema']), signal)).rows,
    staleTime: 300_000,
    retry: false,
    enabled,
  });
}

function MappingList({ agent, draft, readOnly }: { agent: AgentRow; draft: Draft; readOnly: boolean }) {
  const { t } = useTranslation('agents');
  const [chosen, setChosen] = useState(0);
  const kind = (useConnectors().data ?? []).find(({ name }) => name === agent.connector);
  const classes = useSystemClasses(agent.id, !readOnly && kind !== undefined).data ?? [];
  const mappings = (draft.values.mappings ?? []) as ObjectMapping[];
  const put = (next: ObjectMapping[]) => draft.change({ ...draft.values, mappings: next });
  const at = Math.min(chosen, mappings.length - 1);
  const current = mappings[at];
  const add = () => {
    put([...mappings, { systemObject: classes[0]?.name ?? '', objectType: 'user', rows: [] }]);
    setChosen(mappings.length);
  };
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        {mappings.length > 0 ? (
          <Select
            w={340}
            label={t('mapping.object')}
            allowDeselect={false}
            data={mappings.map(({ systemObject, objectType }, index) => ({ value: String(index), label: `${systemObject || '…'} ↔ ${t(`mapped.${objectType}`)}` }))}
            value={String(at)}
            onChange={(index) => setChosen(Number(index))}
          />
        ) : <Text size="sm" c="dimmed">{t('mapping.none')}</Text>}
        <Group gap="xs">
          <MappingFiles agent={agent} unsaved={draft.changed.length > 0} />
          {readOnly ? null : <DefaultMapping agent={agent} onTake={(offered) => { put(offered); setChosen(0); }} />}
          {readOnly ? null : <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>{t('mapping.addObject')}</Button>}
        </Group>
      </Group>
      {current ? (
        <MappedObject
          // Another object is another editor: its trial belongs to it.
          key={at}
          agent={agent}
          mapping={current}
          properties={kind?.properties ?? []}
          classes={classes.map(({ name }) => name)}
          systemAttributes={(classes.find(({ name }) => name === current.systemObject)?.attributes ?? []).map(({ name }) => name)}
          readOnly={readOnly}
          onChange={(next) => put(mappings.map((each, index) => (index === at ? next : each)))}
          onRemove={() => { put(mappings.filter((_, index) => index !== at)); setChosen(0); }}
        />
      ) : <div className="surface"><EmptyState title={t('mapping.none')} hint={t('mapping.noneHint')} /></div>}
    </Stack>
  );
}

function DefaultMapping({ agent, onTake }: { agent: AgentRow; onTake: (mappings: ObjectMapping[]) => void }) {
  const { t } = useTranslation('agents');
  const failure = useFailureText();
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    try {
      onTake((await (await send('POST', address('systems', [agent.id, 'default-mappings']))).json()) as ObjectMapping[]);
    } catch (error) {
      toastFailed(failure(error));
    } finally {
      setBusy(false);
    }
  };
  return <Button variant="default" loading={busy} leftSection={<IconTemplate size={14} aria-hidden />} onClick={() => void ask()}>{t('mapping.defaults')}</Button>;
}
