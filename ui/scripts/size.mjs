// Prints what each page loads at first, in kB of gzip: the shell (index and all it imports) and, beyond it, the page.
// Fails when a page needs more than the budget of design/console.md.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const budget = 250;
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'));

function closure(key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, found);
  return found;
}

const files = (keys) => new Set([...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]));
const kilobytes = (names) => [...names].reduce((sum, name) => sum + gzipSync(readFileSync(`dist/${name}`), { level: 9 }).length, 0) / 1000;

const shell = files([...closure('index.html'), ...closure('src/i18n/en/index.ts')]);
const scripts = new Set([...shell].filter((name) => name.endsWith('.js')));
console.log(`shell: ${kilobytes(scripts).toFixed(0)} kB script, ${(kilobytes(shell) - kilobytes(scripts)).toFixed(0)} kB style`);

let failed = false;
for (const key of Object.keys(manifest).filter((name) => /^src\/pages\/.*Page\.tsx$/.test(name) && manifest[name].isDynamicEntry)) {
  const beyond = kilobytes([...files(closure(key))].filter((name) => !shell.has(name) && name.endsWith('.js')));
  failed ||= beyond > budget;
  console.log(`${key.replace('src/pages/', '')}: +${beyond.toFixed(0)} kB`);
}
process.exit(failed ? 1 : 0);
