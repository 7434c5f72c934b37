import { useLabel, useSchema } from '@/api/schema';
import { useDrawing } from './context';
import { builtIn, type DataType } from './language';
import { read, readAll } from './model/extension';

/** Something that a field can show: an attribute of the process, a variable that its type brings, or an attribute of users. */
export interface KnownVariable {
  name: string;
  title: string;
  type: DataType;
  multiple: boolean;
  values?: { value: string; label: string }[];
}

/** Types of identity metadata that processes call otherwise. */
const typeOf: Record<string, DataType> = { list: 'string', reference: 'string', script: 'multiline', pairs: 'string' };

/** Everything that a form of the process can show: its own attributes first, which may say more about the built-in ones. */
export function useVariables(): KnownVariable[] {
  const { designer } = useDrawing();
  const label = useLabel();
  const process = designer.process()?.node;
  const type = process === undefined ? undefined : read(process, 'idm:Process')?.type;
  const users = useSchema(type === 'user' ? 'user' : undefined).data ?? [];
  const own = (process === undefined ? [] : readAll(process, 'idm:Attribute')).filter(({ name }) => name).map<KnownVariable>((each) => ({
    name: each.name ?? '',
    title: each.label ?? each.name ?? '',
    type: each.type ?? 'string',
    multiple: each.multiple ?? false,
    values: each.values?.map(({ code = '', label: words }) => ({ value: code, label: words ?? code })),
  }));
  const given = builtIn(type).map<KnownVariable>(({ name, type: kind, multiple = false }) => ({ name, title: name, type: kind, multiple }));
  const custom = users.filter(({ name }) => name.startsWith('attributes.')).map<KnownVariable>((attribute) => ({
    name: attribute.name.slice('attributes.'.length), title: label(attribute), type: typeOf[attribute.type] ?? (attribute.type as DataType), multiple: attribute.multiValued ?? false, values: attribute.values,
  }));
  const all = [...own, ...given, ...custom];
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
}
