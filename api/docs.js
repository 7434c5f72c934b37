'use strict';
// A plain viewer of /openapi.json, so that the API can be read without any other host.

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

/** Follows a reference within the document. */
const resolve = (spec, schema) =>
  schema?.$ref ? schema.$ref.split('/').slice(1).reduce((at, part) => at?.[part], spec) : schema;

/** An example value that shows the shape of a schema. */
function shape(spec, schema, depth = 0) {
  const known = resolve(spec, schema) ?? {};
  const type = Array.isArray(known.type) ? known.type.find((each) => each !== 'null') : known.type;
  if (known.enum) return known.enum.join(' | ');
  if (type === 'array') return depth > 3 ? [] : [shape(spec, known.items, depth + 1)];
  if (known.properties) {
    if (depth > 3) return {};
    return Object.fromEntries(Object.entries(known.properties).map(([name, of]) => [name, shape(spec, of, depth + 1)]));
  }
  if (type === 'object') return {};
  return [type ?? 'any', known.format].filter(Boolean).join(' ');
}

function parameters(list) {
  const rows = list.map(({ name, in: place, required, schema = {}, description = '' }) =>
    element('tr', {},
      element('td', {}, element('code', {}, name)),
      element('td', {}, required ? `${place}, required` : place),
      element('td', {}, schema.enum?.join(' | ') ?? [schema.type, schema.format].flat().filter(Boolean).join(' ')),
      element('td', {}, description)));
  const head = element('tr', {}, ...['Parameter', 'In', 'Type', ''].map((text) => element('th', { scope: 'col' }, text)));
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
}

function content(spec, title, of) {
  return Object.entries(of ?? {}).flatMap(([mediaType, { schema }]) => [
    element('h4', {}, `${title} · ${mediaType}`),
    element('pre', {}, JSON.stringify(shape(spec, schema), null, 2)),
  ]);
}

function operation(spec, path, method, described) {
  const permission = described['x-permission'] ?? 'anybody';
  const body = element('div', {});
  const made = element('details', { id: described.operationId, 'data-words': `${path} ${described.summary} ${permission}`.toLowerCase() },
    element('summary', {},
      element('span', { class: 'method' }, method.toUpperCase()), element('code', {}, path), element('span', {}, described.summary ?? ''),
      element('span', { class: 'permission' }, permission)),
    body);
  made.addEventListener('toggle', () => {
    if (!made.open || body.childElementCount > 0) return;
    if (described.description) body.append(element('p', {}, described.description));
    if (described.parameters?.length) body.append(parameters(described.parameters));
    body.append(...content(spec, 'Request', described.requestBody?.content));
    for (const [status, answer] of Object.entries(described.responses ?? {})) {
      const parts = content(spec, `Answer ${status}`, answer.content);
      body.append(...(parts.length ? parts : [element('h4', {}, `Answer ${status}: ${answer.description}`)]));
    }
  });
  return made;
}

function show(spec) {
  document.getElementById('about').textContent = spec.info.description;
  const groups = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, described] of Object.entries(methods)) {
      const tag = described.tags?.[0] ?? 'Other';
      groups.set(tag, [...(groups.get(tag) ?? []), operation(spec, path, method, described)]);
    }
  }
  for (const [tag, operations] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    const id = `tag-${tag.replaceAll(' ', '-')}`;
    document.getElementById('tags').append(element('a', { href: `#${id}` }, tag));
    document.getElementById('operations').append(element('section', {}, element('h2', { id }, tag), ...operations));
  }
}

document.getElementById('search').addEventListener('input', ({ target }) => {
  const words = target.value.toLowerCase().split(/\s+/);
  for (const each of document.querySelectorAll('details')) each.hidden = !words.every((word) => each.dataset.words.includes(word));
  for (const section of document.querySelectorAll('section')) section.hidden = !section.querySelector('details:not([hidden])');
});

fetch('/openapi.json').then((answer) => answer.json()).then(show).catch((error) => {
  document.getElementById('about').textContent = `The document could not be read: ${error.message}`;
});
