import { expect, test } from 'vitest';
import { inWords, settingAttribute, type ConnectorKind, type ConnectorSetting } from './connector';

const setting = (name: string, more: Partial<ConnectorSetting> = {}): ConnectorSetting => ({
  name, label: `The ${name}`, type: 'string', required: false, default: '', choices: null, help: '', numbered: false, ...more,
});
const kind: ConnectorKind = {
  name: 'ldap', label: 'LDAP directory', description: 'Entries', parameters: [setting('host', { help: 'Its name.' }), setting('port')], properties: null, templates: null, capabilities: null,
};
const words = { yes: 'yes', no: 'no', standard: (value: string) => `Default: ${value}.` };

test('our words take the place of the connector’s own, and where we have none its own stay', () => {
  const known: Record<string, string> = { 'ldap.label': 'Directorio LDAP', 'ldap.parameters.host.label': 'Servidor' };
  const { label, description, parameters, properties } = inWords(kind, (key) => known[key]);
  expect([label, description]).toEqual(['Directorio LDAP', 'Entries']);
  expect(parameters?.map((each) => [each.label, each.help])).toEqual([['Servidor', 'Its name.'], ['The port', '']]);
  expect(properties).toEqual([]);
});

test('a setting without a label is called by its name', () => {
  expect(settingAttribute(setting('selectAll', { label: '' }), 'p', words)).toMatchObject({ name: 'p.selectAll', label: { en: 'selectAll' } });
});

test('a hint names the default, and a field with a default may stay empty', () => {
  expect(settingAttribute(setting('port', { required: true, default: '389', help: 'A number.' }), 'p', words)).toMatchObject({ hint: 'A number. Default: 389.', required: false });
});

test('secrets are typed unseen, choices and yes-or-no are picked', () => {
  const types = (['secret', 'choice', 'boolean', 'number', 'multiline'] as const).map((type) => settingAttribute(setting('x', { type, choices: type === 'choice' ? ['a'] : null }), 'p', words));
  expect(types.map(({ type }) => type)).toEqual(['password', 'list', 'list', 'string', 'multiline']);
  expect(types[1]?.values).toEqual([{ value: 'a', label: 'a' }]);
  expect(types[2]?.values?.map(({ value }) => value)).toEqual(['true', 'false']);
});
