/** Everybody, and nobody: an account reservation is started by the system alone. */
export const everybody = '*';
export const nobody = '-nobody-';

/** Takes a list of principals apart: commas, semicolons and line ends separate, but not within #{expressions}. */
export function parsePrincipals(text: string): string[] {
  const found: string[] = [];
  let item = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (depth === 0 && text.startsWith('#{', at)) {
      depth = 1;
      item += '#{';
      at++;
    } else if (depth === 0 && (char === ',' || char === ';' || char === '\n')) {
      found.push(item.trim());
      item = '';
    } else {
      if (depth > 0 && char === '{') depth++;
      if (depth > 0 && char === '}') depth--;
      item += char;
    }
  }
  return [...found, item.trim()].filter((each) => each !== '');
}

/** Writes a list of principals as the document has it. */
export function joinPrincipals(principals: readonly string[]): string {
  return principals.map((each) => each.trim()).filter((each) => each !== '').join(', ');
}

/** How a user, a group or a role is written. A role's name may stand for roles of several systems, so that its system is named. */
export function principalOf(kind: 'user' | 'group' | 'role', object: { userName?: unknown; name?: unknown; system?: unknown }): string {
  if (kind === 'user') return String(object.userName ?? '');
  if (kind === 'group') return `group:${String(object.name ?? '')}`;
  return `role:${String(object.name ?? '')}${object.system ? `@${String(object.system)}` : ''}`;
}
