import { Autocomplete, Button, Group, Input, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSchema } from '@/api/schema';
import { MappingEditor } from '@/editor/MappingEditor';
import { mappedTypes, triggerKinds, type Evaluated, type ObjectMapping, type Trigger } from '@/editor/mapping';
import { ScriptEditor } from '@/editor/ScriptEditor';
import { ScriptList } from '@/editor/ScriptList';
import { FieldForm } from '@/form/FieldForm';
import { isEmpty, type Values } from '@/form/values';
import type { AgentRow } from './AgentsPage';
import { settingAttribute, type ConnectorSetting } from './connector';
import { TryMapping } from './TryMapping';

interface MappedObjectProps {
  agent: AgentRow;
  mapping: ObjectMapping;
  properties: readonly ConnectorSetting[];
  classes: readonly string[];
  systemAttributes: readonly string[];
  readOnly: boolean;
  onChange: (mapping: ObjectMapping) => void;
  onRemove: () => void;
}

/** Names every mapping of users and accounts may read besides the attributes of their schemas. */
const documentNames = ['accountName', 'accountDisabled', 'accountDescription', 'system', 'secondaryGroups', 'grantedRoles', 'allGrantedRoles', 'grantedGroups', 'allGrantedAccountNames'];

/** One object of the system: its type here, properties, rows with a trial, triggers. */
export function MappedObject({ agent, mapping, properties, classes, systemAttributes, readOnly, onChange, onRemove }: MappedObjectProps) {
  const { t } = useTranslation('agents');
  const [evaluated, setEvaluated] = useState<Evaluated>();
  const schema = useSchema(mapping.objectType).data ?? [];
  const rows = mapping.rows ?? [];
  const change = (changed: Partial<ObjectMapping>) => {
    // Values of a trial belong to the rows they were made from.
    if ('rows' in changed) setEvaluated(undefined);
    onChange({ ...mapping, ...changed });
  };
  return (
    <Stack>
      <div className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Autocomplete label={t('mapping.systemObject')} data={[...classes]} limit={50} readOnly={readOnly} value={mapping.systemObject} onChange={(systemObject) => change({ systemObject })} />
          <Select label={t('mapping.objectType')} allowDeselect={false} disabled={readOnly} data={mappedTypes.map((value) => ({ value, label: t(`mapped.${value}`) }))} value={mapping.objectType} onChange={(objectType) => change({ objectType: objectType as ObjectMapping['objectType'] })} />
        </SimpleGrid>
        <Input.Wrapper mt="sm" label={t('mapping.condition')} description={t('mapping.conditionHint')} labelElement="div">
          <ScriptEditor label={t('mapping.condition')} minLines={1} readOnly={readOnly} value={mapping.condition ?? ''} onChange={(condition) => change({ condition })} />
        </Input.Wrapper>
        <Properties mapping={mapping} properties={properties} readOnly={readOnly} onChange={(next) => change({ properties: next })} />
        {readOnly ? null : <Group justify="flex-end" mt="sm"><Button variant="subtle" color="red" leftSection={<IconTrash size={14} aria-hidden />} onClick={onRemove}>{t('mapping.removeObject')}</Button></Group>}
      </div>
      <TryMapping agent={agent} mapping={mapping} onEvaluated={setEvaluated} />
      <MappingEditor
        rows={rows}
        onChange={(next) => change({ rows: next })}
        systemAttributes={systemAttributes}
        provostAttributes={[...schema.filter(({ type }) => type !== 'separator').map(({ name }) => name), ...documentNames]}
        evaluated={evaluated}
        readOnly={readOnly}
      />
      <ScriptList<Trigger>
        title={t('triggers.title')}
        hint={t('triggers.hint')}
        entries={mapping.triggers ?? []}
        fresh={{ kind: 'preInsert', script: 'return true;' }}
        onChange={(triggers) => change({ triggers })}
        script={({ script }) => script}
        withScript={(trigger, script) => ({ ...trigger, script })}
        choices={[{ label: t('triggers.kind'), data: triggerKinds.map((value) => ({ value, label: t(`trigger.${value}`) })), value: ({ kind }) => kind, withValue: (trigger, kind) => ({ ...trigger, kind: kind as Trigger['kind'] }) }]}
        addLabel={t('triggers.add')}
        readOnly={readOnly}
      />
    </Stack>
  );
}

interface PropertiesProps {
  mapping: ObjectMapping;
  properties: readonly ConnectorSetting[];
  readOnly: boolean;
  onChange: (properties: Record<string, string>) => void;
}

/** What the connector wants to know of the class; numbered properties that are set are listed as they are. */
function Properties({ mapping, properties, readOnly, onChange }: PropertiesProps) {
  const { t } = useTranslation('agents');
  const form = useTranslation('form').t;
  const own = mapping.properties ?? {};
  const words = { yes: form('yes'), no: form('no'), standard: (value: string) => t('parameters.default', { value }) };
  const known = new Set(properties.map(({ name }) => name));
  const extra = Object.keys(own).filter((name) => !known.has(name)).map((name) => ({ name: `p.${name}`, type: 'string' as const, label: { en: name } }));
  const attributes = [...properties.map((setting) => settingAttribute({ ...setting, required: false }, 'p', words)), ...extra];
  if (attributes.length === 0) return null;
  const put = (values: Values) => {
    const next = (values.p ?? {}) as Record<string, unknown>;
    onChange(Object.fromEntries(Object.entries(next).filter(([, value]) => !isEmpty(value)).map(([name, value]) => [name, String(value)])));
  };
  return (
    <Stack gap="xs" mt="md">
      <Text component="h2" m={0} size="sm" fw={600}>{t('mapping.properties')}</Text>
      <FieldForm attributes={attributes} values={{ p: own }} onChange={put} readOnly={readOnly} />
    </Stack>
  );
}
