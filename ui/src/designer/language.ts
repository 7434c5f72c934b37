/**
 * The extension elements of process definitions (namespace urn:provost:idm:1) as the panels of the designer see them: plain objects whose
 * members are named as in the document. Text inside an element is `body`. What is empty or false is not written.
 */

/** What a process is for; its templates, built-in variables and rules depend on it. */
export const processTypes = ['user', 'permission', 'request', 'reservation', 'delegation'] as const;
export type ProcessType = (typeof processTypes)[number];

/** Types that an attribute of a process may have. */
export const dataTypes = [
  'string', 'multiline', 'html', 'number', 'boolean', 'date', 'dateTime', 'email', 'password', 'binary', 'photo', 'attachment', 'separator', 'ssoInput',
  'user', 'group', 'groupType', 'role', 'account', 'informationSystem', 'userType', 'mailDomain', 'system', 'grant', 'object',
] as const;
export type DataType = (typeof dataTypes)[number];

/** How a grant approval shows its lines, and which of them. */
export const approvalModes = ['request', 'enter', 'displayPending', 'displayApproved', 'displayRejected', 'displayAll'] as const;

/** When a script of a form runs. */
export const triggerMoments = ['onLoad', 'onChange', 'onPrepareTransition'] as const;

export interface Body { body?: string }
export interface Process { type?: ProcessType; folder?: string }
/** Principals, separated by commas: a user name, `group:name`, `role:name@system`, `*` or `-nobody-`. */
export interface Acl { initiators?: string; managers?: string; observers?: string }
export interface Value { code?: string; label?: string }
export interface Attribute {
  name?: string; label?: string; type?: DataType;
  /** Only for type `object`: which of the custom objects. */
  objectType?: string;
  multiple?: boolean;
  /** The greatest length in characters. */
  size?: number;
  default?: string;
  values?: Value[];
}
/** A file for scripts; texts are written as they are unless XML would change them. */
export interface Resource extends Body { name?: string; encoding?: 'text' | 'base64' }
export interface Lane { actors?: string }
export interface Field {
  name?: string; label?: string; readOnly?: boolean; required?: boolean;
  /** SCIM, for fields that pick objects. */
  filter?: string;
  validation?: Body; visibility?: Body;
}
export interface Trigger extends Body { on?: (typeof triggerMoments)[number]; field?: string }
export interface Form { fields?: Field[]; triggers?: Trigger[] }
/** What happens when a task is late, counted from its due date: durations are ISO 8601, or texts with #{expressions}; the flow is an id. */
export interface Deadline { remind?: string; escalate?: string; escalation?: 'join' | 'replace'; expire?: string; expireFlow?: string }
/** `due` is an ISO 8601 duration, or a text with #{expressions}. */
export interface Task extends Deadline { title?: string; due?: string; uploads?: boolean }
export interface Assignment extends Body { expression?: string }
export interface Stage { actors?: string }
export interface Approval extends Deadline {
  mode?: (typeof approvalModes)[number];
  /** `one`, `all` or a number. */
  quorum?: string;
  self?: 'refuse' | 'allow'; roleFilter?: string; applicationFilter?: string;
  /** Ids of flows out of the step. */
  approveFlow?: string; denyFlow?: string;
  stages?: Stage[];
}
export interface Query extends Body { type?: 'scim' | 'text'; weight?: number }
export interface Match { threshold?: number; queries?: Query[] }
export interface Job { quick?: boolean; async?: boolean }
export interface Apply { userChanges?: boolean; entitlements?: boolean; account?: boolean; delegation?: boolean }
export interface Argument extends Body { name?: string }
export interface Invoke { system?: string; method?: string; path?: string; result?: string; arguments?: Argument[] }
export interface Mail extends Body { actors?: string; address?: string; subject?: string; shortcut?: boolean }
/** The key of a message, a text with #{expressions}: with which it is waited for, or sent. */
export interface Correlation { key?: string }
export interface Loop { collection?: string; element?: string }

/** Every extension element by its type in the moddle descriptor. */
export interface Extensions {
  'idm:Process': Process; 'idm:Acl': Acl; 'idm:Attribute': Attribute; 'idm:Resource': Resource; 'idm:Lane': Lane; 'idm:Form': Form; 'idm:Task': Task; 'idm:Assignment': Assignment;
  'idm:Approval': Approval; 'idm:Match': Match; 'idm:Job': Job; 'idm:Apply': Apply; 'idm:Invoke': Invoke; 'idm:Mail': Mail; 'idm:Decision': Body; 'idm:OnTake': Body;
  'idm:OnFire': Body; 'idm:Correlation': Correlation; 'idm:Input': Argument; 'idm:Output': Argument; 'idm:Loop': Loop;
}
export type ExtensionType = keyof Extensions;

/** A variable that a process has without declaring it. */
export interface Variable { name: string; type: DataType; multiple?: boolean }

const text = (...names: string[]): Variable[] => names.map((name) => ({ name, type: 'string' }));
const grants: Variable = { name: 'grants', type: 'grant', multiple: true };
const user: Variable = { name: 'user', type: 'user' };
const comments: Variable = { name: 'comments', type: 'multiline' };
const span: Variable[] = [{ name: 'since', type: 'dateTime' }, { name: 'until', type: 'dateTime' }];
const everywhere: Variable[] = [{ name: 'requester', type: 'user' }, ...text('requesterName')];

const byType: Record<ProcessType, Variable[]> = {
  user: [
    ...text('action'), user, ...text('userName', 'firstName', 'lastName', 'middleName', 'fullName'), { name: 'userType', type: 'userType' },
    { name: 'primaryGroup', type: 'group' }, ...text('homeServer', 'profileServer', 'phone'), { name: 'email', type: 'email' }, ...text('mailAlias', 'mailServer'),
    { name: 'active', type: 'boolean' }, { name: 'multiSession', type: 'boolean' }, comments,
  ],
  permission: [user, grants],
  request: [user, grants],
  reservation: [{ name: 'account', type: 'account' }, { name: 'system', type: 'system' }, ...text('loginName'), user, ...span, comments],
  delegation: [...text('action'), user, { name: 'delegate', type: 'user' }, grants, ...span, comments],
};

/** The variables of every process of a type; the same as in bpm/variable.go, which the server checks names against. */
export function builtIn(type: ProcessType | undefined): Variable[] {
  return type === undefined ? everywhere : [...everywhere, ...byType[type]];
}
