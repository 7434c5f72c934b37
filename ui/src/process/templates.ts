import type { ProcessType } from '@/designer/language';

/** The processes that designers begin with, one for each type; each is loaded when it is chosen. They are those of bpm/template. */
const sources: Record<ProcessType, () => Promise<{ default: string }>> = {
  user: () => import('../../../bpm/template/user.bpmn?raw'),
  permission: () => import('../../../bpm/template/permission.bpmn?raw'),
  request: () => import('../../../bpm/template/request.bpmn?raw'),
  reservation: () => import('../../../bpm/template/reservation.bpmn?raw'),
  delegation: () => import('../../../bpm/template/delegation.bpmn?raw'),
};

/** What the document of a new process says about itself. */
export interface NewProcess {
  name: string;
  folder: string;
  type: ProcessType;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text as it stands in an attribute of XML. */
function quoted(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => entities[char] ?? char);
}

/** A code of a name: letters and digits, words run together, as ids of XML are written. */
export function codeOf(name: string): string {
  const words = name.normalize('NFD').replaceAll(/\p{M}/gu, '').split(/[^\p{L}\d]+/u).filter((word) => word !== '');
  const joined = words.map((word, at) => (at === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1)).join('');
  return /^[\p{L}_]/u.test(joined) ? joined : `process${joined}`;
}

/**
 * A template under another name, with a code of its own, in a folder. Nothing else of it changes: the templates are written by us, so that
 * their process is found by its text.
 */
export function rename(template: string, { name, folder, type }: NewProcess): string {
  const head = /<bpmn:process id="([^"]*)" name="[^"]*"/.exec(template);
  if (head === null) throw new Error(`the template of ${type} has no process`);
  const code = codeOf(name);
  return template
    .replace(head[0], () => `<bpmn:process id="${code}" name="${quoted(name)}"`)
    .replaceAll(`bpmnElement="${head[1]}"`, () => `bpmnElement="${code}"`)
    .replace(/(<idm:process [^>]*?) folder="[^"]*"/, (_, before: string) => (folder === '' ? before : `${before} folder="${quoted(folder)}"`));
}

/** The document of a new process, made of the template of its type. */
export async function fromTemplate(wanted: NewProcess): Promise<string> {
  return rename((await sources[wanted.type]()).default, wanted);
}
