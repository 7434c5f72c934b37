import type { Attribute } from '@/api/schema';
import type { MappingRow } from '@/editor/mapping';
import type { Values } from '@/form/values';
import type { Branch } from '@/kit/Tree';
import type { LogLine, RunChange, RunDetail } from '@/run/model';

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
  { system: 'mail', direction: '<=', provost: 'emailAddress' },
  { system: 'uid', direction: '<=>', provost: 'accountName' },
  { system: 'cn', direction: '=>', provost: 'fullName' },
  { system: 'departmentNumber', direction: '<=', provost: 'var parts = primaryGroup.split("/");\nreturn parts[parts.length - 1];' },
];

export const run: RunDetail = {
  id: 'r1', number: 41, kind: 'load', systemId: 's1', system: 'HR (sample)', status: 'blocked', phase: 'guard', author: 'admin', message: '', reviewedBy: '',
  createdAt: '2026-11-21T08:00:00Z', startedAt: '2026-11-21T08:00:00Z', endedAt: null, temporalUrl: '/temporal',
  counters: { listed: 12_480, changes: 370, applied: 0, failed: 0 },
  guard: { blocked: true, reasons: ['312 users would be removed or disabled; the limit is 50.', '370 of 12480 users would be changed; the limit is 2 %.'], total: 370 },
  changes: [
    { objectType: 'user', action: 'disable', status: 'proposed', changes: 312 },
    { objectType: 'user', action: 'update', status: 'proposed', changes: 57 },
    { objectType: 'user', action: 'create', status: 'proposed', changes: 1 },
  ],
};

export const runChanges: RunChange[] = [
  { seq: 1, action: 'create', objectType: 'user', objectKey: 'gexample', objectId: null, status: 'proposed', message: '', changes: [{ attribute: 'userName', after: 'gexample' }, { attribute: 'email', after: 'grace@example.com' }] },
  { seq: 2, action: 'update', objectType: 'user', objectKey: 'aexample', objectId: null, status: 'applied', message: '', changes: [{ attribute: 'title', before: 'Clerk', after: 'Head of Sales' }] },
  { seq: 3, action: 'disable', objectType: 'user', objectKey: 'texample', objectId: null, status: 'proposed', message: '', changes: [] },
  { seq: 4, action: 'reject', objectType: 'account', objectKey: 'xexample', objectId: null, status: 'failed', message: 'The system refused the value.', changes: null },
];

export const runLog: LogLine[] = [
  { id: 1, at: '2026-11-21T08:00:00Z', level: 'info', message: 'load started' },
  { id: 2, at: '2026-11-21T08:00:04Z', level: 'debug', message: 'page 1 of 25 read' },
  { id: 3, at: '2026-11-21T08:00:31Z', level: 'warn', message: 'row 217 has no e-mail address' },
  { id: 4, at: '2026-11-21T08:00:58Z', level: 'error', message: 'account aexample: value refused' },
];
