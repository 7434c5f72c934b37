import type { Attribute } from '@/api/schema';
import type { MappingRow } from '@/editor/MappingEditor';
import type { Values } from '@/form/values';
import type { Branch } from '@/kit/Tree';
import type { LogLine, Run, RunChange } from '@/run/model';

/** Sample data: one attribute of every type. */
export const attributes: Attribute[] = [
  { name: 'common', type: 'separator', label: { en: 'Common attributes' } },
  { name: 'userName', type: 'string', label: { en: 'User name' }, required: true, readOnly: true },
  { name: 'email', type: 'email', label: { en: 'E-mail' }, required: true },
  { name: 'title', type: 'string', label: { en: 'Title' }, hint: 'As printed on the business card.' },
  { name: 'userType', type: 'list', label: { en: 'Type' }, values: [{ value: 'I', label: 'Internal' }, { value: 'E', label: 'External' }] },
  { name: 'languages', type: 'list', label: { en: 'Languages' }, multiValued: true, values: [{ value: 'en', label: 'English' }, { value: 'es', label: 'Spanish' }] },
  { name: 'phone', type: 'string', label: { en: 'Phone numbers' }, multiValued: true },
  { name: 'floor', type: 'number', label: { en: 'Floor' } },
  { name: 'active', type: 'boolean', label: { en: 'Active' } },
  { name: 'birthDate', type: 'date', label: { en: 'Birth date' } },
  { name: 'contractEnd', type: 'dateTime', label: { en: 'Contract end' } },
  { name: 'primaryGroup', type: 'reference', label: { en: 'Primary group' }, resource: 'groups' },
  { name: 'password', type: 'password', label: { en: 'Password' } },
  { name: 'other', type: 'separator', label: { en: 'More' } },
  { name: 'photo', type: 'photo', label: { en: 'Photo' } },
  { name: 'contract', type: 'attachment', label: { en: 'Contracts' }, multiValued: true },
  { name: 'comments', type: 'multiline', label: { en: 'Comments' } },
  { name: 'signature', type: 'html', label: { en: 'Mail signature' } },
];

/** Sample data: a person who does not exist. */
export const values: Values = {
  userName: 'aexample', email: 'ada@example.com', title: 'Head of Sales', userType: 'I', languages: ['en', 'es'], phone: ['+1 555 0100', '+1 555 0101'],
  floor: 3, active: true, birthDate: '1990-05-17', contractEnd: '2027-12-31T16:00:00Z', primaryGroup: { id: 'g1', name: 'Sales (sample)' },
  contract: [{ name: 'contract.pdf', mediaType: 'application/pdf', data: 'JVBERi0=' }],
  comments: 'Sample person.\nWorks in two places.', signature: '<p><b>Ada Example</b><br>Head of Sales</p>',
};

export const branches: Branch[] = [
  { id: 'world', label: 'world', children: [
    { id: 'company', label: 'Example Company (sample)', children: [{ id: 'sales', label: 'Sales' }, { id: 'it', label: 'IT' }] },
    { id: 'partners', label: 'Partners (sample)' },
  ] },
];

export const script = `// Grants the mailbox to everybody in the head office.
var office = user.attributes.office;
if (office == "HQ" && user.active) {
  log.info("mailbox for " + user.userName);
  return ["mailbox"];
}
return [];
`;

export const mapping: MappingRow[] = [
  { systemAttribute: 'mail', direction: 'out', expression: 'emailAddress' },
  { systemAttribute: 'uid', direction: 'both', expression: 'accountName' },
  { systemAttribute: 'cn', direction: 'in', expression: 'fullName' },
];

export const run: Run = {
  id: 'r1', title: 'Load of HR (sample)', status: 'held', startedAt: '2026-11-21T08:00:00Z', temporalUrl: '/temporal',
  phases: [
    { name: 'Read', status: 'done', done: 12_480, total: 12_480 },
    { name: 'Compare', status: 'done', done: 12_480, total: 12_480 },
    { name: 'Apply', status: 'waiting', done: 0, total: 370 },
  ],
  guard: { verdict: 'held', reasons: ['312 users would be removed; 50 are allowed.', '2 % of all users would change; 1 % is allowed.'] },
};

export const runChanges: RunChange[] = [
  { id: 'c1', kind: 'add', objectType: 'User', name: 'Grace Example', changes: [{ attribute: 'userName', after: 'gexample' }, { attribute: 'email', after: 'grace@example.com' }] },
  { id: 'c2', kind: 'update', objectType: 'User', name: 'Ada Example', changes: [{ attribute: 'title', before: 'Clerk', after: 'Head of Sales' }] },
  { id: 'c3', kind: 'remove', objectType: 'User', name: 'Alan Example', changes: [] },
  { id: 'c4', kind: 'update', objectType: 'Account', name: 'aexample @ Directory', changes: [{ attribute: 'mail', before: 'a@example.com', after: 'ada@example.com' }], error: 'The system refused the value.' },
];

export const runLog: LogLine[] = [
  { at: '2026-11-21T08:00:00Z', level: 'info', message: 'load started' },
  { at: '2026-11-21T08:00:04Z', level: 'debug', message: 'page 1 of 25 read' },
  { at: '2026-11-21T08:00:31Z', level: 'warn', message: 'row 217 has no e-mail address' },
  { at: '2026-11-21T08:00:58Z', level: 'error', message: 'account aexample: value refused' },
];
