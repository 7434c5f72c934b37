import type { Attribute, AttributeType } from './schema';

function attribute(name: string, type: AttributeType, en: string, es: string, more: Partial<Attribute> = {}): Attribute {
  return { name, type, label: { en, es }, filterable: true, sortable: true, ...more };
}

const codes = (...values: string[]) => values.map((value) => ({ value, label: value }));
const name = attribute('name', 'string', 'Name', 'Nombre', { required: true, quickSearch: true });
const code = attribute('code', 'string', 'Code', 'Código', { required: true, quickSearch: true, maxLength: 50 });
const description = attribute('description', 'string', 'Description', 'Descripción', { quickSearch: true });
const fixed = { readOnly: true };

const metadataOptions = (key: string, type: AttributeType, en: string, es: string, more: Partial<Attribute> = {}) =>
  attribute(`options.${key}`, type, en, es, { filterable: false, sortable: false, ...more });
const visibility = { values: codes('editable', 'readOnly', 'hidden') };

/** Types of the server's `DataType`, in the order in which a designer chooses from them. */
const dataTypes = codes(
  'string', 'multiline', 'html', 'number', 'boolean', 'date', 'dateTime', 'email', 'password', 'binary', 'photo', 'attachment', 'separator', 'ssoInput',
  'user', 'group', 'groupType', 'role', 'account', 'informationSystem', 'userType', 'mailDomain', 'system',
);

/** Object types that have metadata, as the server lists them. */
export const objectTypes = ['user', 'group', 'account', 'role', 'informationSystem', 'system', 'roleAccount', 'userGroup'] as const;

/**
 * Object types whose attributes are fixed and small: the server keeps no metadata for them, so the console describes
 * them itself, in the same words, and draws lists and forms from that.
 */
export const localSchemas: Record<string, Attribute[]> = {
  userType: [{ ...name, maxLength: 50 }, description, attribute('managed', 'boolean', 'Managed', 'Gestionado', { hint: undefined })],
  groupType: [{ ...name, maxLength: 50 }, description, attribute('roleHolder', 'boolean', 'Role holder', 'Titular de roles')],
  mailDomain: [name, description, attribute('obsolete', 'boolean', 'Obsolete', 'Obsoleto')],
  passwordDomain: [code, description],
  namingRule: [
    code, description,
    attribute('kind', 'list', 'Kind', 'Clase', { required: true, values: codes('same', 'manual', 'script') }),
    attribute('condition', 'script', 'Condition', 'Condición', { filterable: false, sortable: false }),
    attribute('script', 'script', 'Script', 'Script', { filterable: false, sortable: false }),
  ],
  parameter: [name, attribute('value', 'multiline', 'Value', 'Valor', { filterable: false, sortable: false }), description, attribute('updatedAt', 'dateTime', 'Changed', 'Modificado', fixed), attribute('updatedBy', 'string', 'Changed by', 'Modificado por', fixed)],
  scopeDomain: [
    name, description,
    attribute('kind', 'list', 'Limited to', 'Limitado a', { required: true, values: codes('values', 'group', 'informationSystem') }),
  ],
  scopeValue: [attribute('value', 'string', 'Value', 'Valor', { required: true, maxLength: 200 }), description],
  metadataAttribute: [
    attribute('objectType', 'list', 'Object type', 'Tipo de objeto', { required: true, values: codes(...objectTypes) }),
    { ...code, maxLength: 64 },
    attribute('dataType', 'list', 'Data type', 'Tipo de dato', { required: true, values: dataTypes }),
    attribute('position', 'number', 'Position', 'Posición'),
    attribute('builtin', 'boolean', 'Built in', 'Incorporado', fixed),
    attribute('labels', 'separator', 'Words', 'Textos'),
    metadataOptions('label.en', 'string', 'Label in English', 'Etiqueta en inglés'),
    metadataOptions('label.es', 'string', 'Label in Spanish', 'Etiqueta en español'),
    metadataOptions('hint', 'string', 'Hint', 'Ayuda'),
    metadataOptions('description', 'string', 'Description', 'Descripción'),
    attribute('content', 'separator', 'Content', 'Contenido'),
    metadataOptions('required', 'boolean', 'Required', 'Obligatorio'),
    metadataOptions('unique', 'boolean', 'Unique', 'Único'),
    metadataOptions('multiValued', 'boolean', 'Several values', 'Varios valores'),
    metadataOptions('maxRows', 'number', 'Most values', 'Máximo de valores'),
    metadataOptions('size', 'number', 'Longest text', 'Longitud máxima'),
    metadataOptions('letterCase', 'list', 'Letter case', 'Mayúsculas y minúsculas', { values: codes('keep', 'upper', 'lower') }),
    metadataOptions('quickSearch', 'boolean', 'Found by quick search', 'Incluido en la búsqueda rápida'),
    metadataOptions('values', 'pairs', 'Allowed values', 'Valores permitidos'),
    metadataOptions('filter', 'string', 'Filter for references', 'Filtro para referencias'),
    attribute('visibility', 'separator', 'Who sees it', 'Quién lo ve'),
    metadataOptions('adminVisibility', 'list', 'Administrators', 'Administradores', visibility),
    metadataOptions('operatorVisibility', 'list', 'Operators', 'Operadores', visibility),
    metadataOptions('userVisibility', 'list', 'The person', 'La propia persona', visibility),
    attribute('scripts', 'separator', 'Scripts', 'Scripts'),
    metadataOptions('visibilityScript', 'script', 'Visibility', 'Visibilidad'),
    metadataOptions('validationScript', 'script', 'Validation', 'Validación'),
    metadataOptions('onLoad', 'script', 'When the form opens', 'Al abrir el formulario'),
    metadataOptions('onChange', 'script', 'When the value changes', 'Al cambiar el valor'),
  ],
  auditEntry: [
    attribute('at', 'dateTime', 'When', 'Cuándo'),
    attribute('actor', 'string', 'Who', 'Quién', { quickSearch: true }),
    attribute('action', 'string', 'Action', 'Acción'),
    attribute('objectType', 'string', 'Object type', 'Tipo de objeto'),
    attribute('objectName', 'string', 'Object', 'Objeto', { quickSearch: true }),
    attribute('origin', 'string', 'Origin', 'Origen'),
    attribute('remote', 'string', 'From address', 'Desde la dirección'),
  ],
  run: [
    attribute('number', 'number', 'Number', 'Número'),
    attribute('kind', 'list', 'Kind', 'Clase', { values: codes('load', 'reconcile', 'impact-in', 'impact', 'provision') }),
    attribute('system', 'string', 'Agent', 'Agente'),
    attribute('status', 'list', 'State', 'Estado', { values: codes('queued', 'running', 'blocked', 'completed', 'failed', 'cancelled') }),
    attribute('author', 'string', 'Started by', 'Iniciado por'),
    attribute('createdAt', 'dateTime', 'Created', 'Creado'),
    attribute('endedAt', 'dateTime', 'Finished', 'Terminado'),
    attribute('message', 'string', 'Message', 'Mensaje', { sortable: false }),
  ],
  processDefinition: [
    name,
    { ...code, ...fixed },
    attribute('folder', 'string', 'Folder', 'Carpeta', { quickSearch: true }),
    attribute('kind', 'list', 'Type', 'Tipo', { values: codes('user', 'permission', 'request', 'reservation', 'delegation') }),
    description,
    attribute('number', 'number', 'Version', 'Versión'),
    attribute('deployedBy', 'string', 'Deployed by', 'Publicado por'),
    attribute('deployedAt', 'dateTime', 'Deployed', 'Publicado'),
    attribute('enabled', 'boolean', 'State', 'Estado'),
    attribute('running', 'number', 'Running', 'En curso', { filterable: false }),
  ],
  syncTask: [
    attribute('number', 'number', 'Number', 'Número'),
    attribute('objectName', 'string', 'Object', 'Objeto', { quickSearch: true }),
    attribute('objectType', 'list', 'Object type', 'Tipo de objeto', { values: codes('user', 'account', 'group', 'role') }),
    attribute('status', 'list', 'State', 'Estado', { values: codes('pending', 'held', 'waiting', 'failed', 'done', 'cancelled') }),
    attribute('priority', 'number', 'Priority', 'Prioridad'),
    attribute('source', 'string', 'Made by', 'Creada por'),
    attribute('author', 'string', 'Author', 'Autor'),
    attribute('createdAt', 'dateTime', 'Created', 'Creada'),
    attribute('finishedAt', 'dateTime', 'Finished', 'Terminada'),
    attribute('attempts', 'number', 'Attempts', 'Intentos'),
    attribute('lastRun', 'dateTime', 'Last run', 'Última ejecución'),
    attribute('nextRun', 'dateTime', 'Next run', 'Próxima ejecución'),
    attribute('lastError', 'string', 'Error', 'Error', { sortable: false }),
  ],
  task: [
    attribute('number', 'number', 'Process id', 'Id. de proceso', { quickSearch: true }),
    attribute('process', 'string', 'Process', 'Proceso', { quickSearch: true }),
    attribute('title', 'string', 'Task', 'Tarea', { quickSearch: true }),
    attribute('name', 'string', 'Step', 'Paso'),
    attribute('status', 'list', 'State', 'Estado', { values: codes('open', 'claimed', 'completed', 'cancelled', 'expired') }),
    attribute('startedAt', 'dateTime', 'Start date', 'Fecha de inicio'),
    attribute('openedAt', 'dateTime', 'Waiting since', 'Pendiente desde'),
    attribute('dueAt', 'dateTime', 'Due date', 'Fecha límite'),
    attribute('assignee', 'string', 'Assigned', 'Asignada a', { quickSearch: true }),
    attribute('owner', 'string', 'Delegated by', 'Delegada por'),
    attribute('initiator', 'string', 'Requested by', 'Solicitado por', { quickSearch: true }),
    attribute('subject', 'string', 'For', 'Para', { quickSearch: true }),
    attribute('scheduledFor', 'dateTime', 'Scheduled for', 'Programada para'),
    attribute('closedAt', 'dateTime', 'Done', 'Hecha'),
    attribute('comment', 'string', 'Comment', 'Comentario'),
  ],
  myAccount: [
    attribute('name', 'string', 'Account', 'Cuenta', { quickSearch: true }),
    attribute('system', 'string', 'System', 'Sistema', { quickSearch: true }),
    attribute('systemDescription', 'string', 'System description', 'Descripción del sistema'),
    attribute('loginName', 'string', 'Login name', 'Nombre de inicio de sesión', { quickSearch: true }),
    attribute('description', 'string', 'Description', 'Descripción', { quickSearch: true }),
    attribute('type', 'list', 'Type', 'Tipo', { values: codes('single', 'shared', 'privileged', 'unmanaged') }),
    attribute('status', 'list', 'State', 'Estado', { values: codes('enabled', 'forcedEnabled', 'locked', 'disabled', 'forcedDisabled') }),
    attribute('access', 'list', 'Access', 'Acceso', { values: codes('own', 'owner', 'manager', 'sso', 'reserve') }),
    attribute('until', 'dateTime', 'Until', 'Hasta'),
    attribute('inUseBy', 'string', 'In use by', 'En uso por'),
  ],
  process: [
    attribute('number', 'number', 'Identifier', 'Identificador', { quickSearch: true }),
    attribute('name', 'string', 'Description', 'Descripción', { quickSearch: true }),
    attribute('status', 'list', 'State', 'Estado', { values: codes('starting', 'running', 'completed', 'cancelled', 'failed') }),
    attribute('startedAt', 'dateTime', 'Start', 'Inicio'),
    attribute('endedAt', 'dateTime', 'End', 'Fin'),
    attribute('steps', 'string', 'Current task', 'Tarea actual'),
    attribute('initiator', 'string', 'Initiator', 'Iniciador', { quickSearch: true }),
    attribute('subject', 'string', 'About', 'Sobre', { quickSearch: true }),
    attribute('definition', 'string', 'Definition', 'Definición'),
    attribute('kind', 'list', 'Type', 'Tipo', { values: codes('user', 'permission', 'request', 'reservation', 'delegation') }),
    attribute('versionNumber', 'number', 'Version', 'Versión'),
    attribute('message', 'string', 'Message', 'Mensaje', { sortable: false }),
  ],
  processJob: [
    attribute('id', 'string', 'ID', 'ID', { sortable: false }),
    attribute('name', 'string', 'Name', 'Nombre', { quickSearch: true }),
    attribute('kind', 'list', 'Kind', 'Clase', { values: codes('timer', 'async') }),
    attribute('number', 'number', 'Process', 'Proceso'),
    attribute('process', 'string', 'Process name', 'Nombre del proceso', { quickSearch: true }),
    attribute('dueAt', 'dateTime', 'Next run', 'Próxima ejecución'),
    attribute('attempts', 'number', 'Failed attempts', 'Intentos fallidos'),
    attribute('status', 'list', 'Status', 'Estado', { values: codes('waiting', 'running', 'failed') }),
    attribute('held', 'boolean', 'Held', 'Retenido'),
    attribute('message', 'string', 'Message', 'Mensaje', { sortable: false }),
  ],
  processIncident: [
    attribute('number', 'number', 'Process', 'Proceso'),
    attribute('process', 'string', 'Process name', 'Nombre del proceso', { quickSearch: true }),
    attribute('name', 'string', 'Step', 'Paso', { quickSearch: true }),
    attribute('status', 'list', 'State', 'Estado', { values: codes('open', 'asked', 'solved') }),
    attribute('code', 'string', 'Code', 'Código'),
    attribute('message', 'string', 'What happened', 'Qué ha pasado', { quickSearch: true, sortable: false }),
    attribute('openedAt', 'dateTime', 'Since', 'Desde'),
    attribute('action', 'list', 'Decision', 'Decisión', { values: codes('retry', 'modify', 'skip') }),
    attribute('reason', 'string', 'Reason', 'Motivo', { sortable: false }),
    attribute('solvedBy', 'string', 'Decided by', 'Decidido por'),
    attribute('solvedAt', 'dateTime', 'Solved', 'Resuelta'),
  ],
  issue: [
    attribute('number', 'number', 'Number', 'Número'),
    attribute('status', 'list', 'State', 'Estado', { values: codes('new', 'acknowledged', 'solved') }),
    attribute('kind', 'string', 'Kind', 'Clase'),
    attribute('description', 'string', 'What happened', 'Qué ha pasado', { quickSearch: true }),
    attribute('objectName', 'string', 'Object', 'Objeto', { sortable: false, filterable: false }),
    attribute('times', 'number', 'Times', 'Veces'),
    attribute('createdAt', 'dateTime', 'First', 'Primera vez'),
    attribute('updatedAt', 'dateTime', 'Last', 'Última vez'),
  ],
};
