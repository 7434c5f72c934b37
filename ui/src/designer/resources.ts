import type { Resource } from './language';

/** The most a file may have, in bytes; the same as in bpm/resource.go. */
export const largest = 256 * 1024;

/** Why a file cannot be attached; the names are keys of the designer's texts. */
export type Rejection = 'notText' | 'tooLarge' | 'badZip';

/** What became of files that somebody chose. */
export interface Brought {
  resources: Resource[];
  rejected: { name: string; why: Rejection }[];
}

interface Part {
  name: string;
  bytes: Uint8Array;
}

/** Characters that no XML document can hold. */
// oxlint-disable-next-line no-control-regex
const unwritable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** Reads files as resources: texts as they are, archives as what is in them. */
export async function bring(files: readonly File[]): Promise<Brought> {
  const brought: Brought = { resources: [], rejected: [] };
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const archive = bytes[0] === 0x50 && bytes[1] === 0x4b;
    try {
      for (const part of archive ? await unpacked(bytes) : [{ name: file.name, bytes }]) add(brought, part);
    } catch {
      brought.rejected.push({ name: file.name, why: 'badZip' });
    }
  }
  return brought;
}

function add({ resources, rejected }: Brought, { name, bytes }: Part): void {
  if (bytes.length > largest) {
    rejected.push({ name, why: 'tooLarge' });
    return;
  }
  try {
    const body = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // What XML cannot write, or would trim, travels in base64.
    if (unwritable.test(body)) rejected.push({ name, why: 'notText' });
    else resources.push(body === body.trim() ? { name, body } : { name, encoding: 'base64', body: toBase64(bytes) });
  } catch {
    rejected.push({ name, why: 'notText' });
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''));
}

/** The text of a resource. */
export function textOf({ body = '', encoding }: Resource): string {
  return encoding === 'base64' ? new TextDecoder().decode(Uint8Array.from(atob(body), (char) => char.codePointAt(0) ?? 0)) : body;
}

/** The resources with others: a file of the same name takes the place of the former one. */
export function merged(before: readonly Resource[], after: readonly Resource[]): Resource[] {
  const names = new Set(after.map(({ name }) => name));
  return [...before.filter(({ name }) => !names.has(name)), ...after].toSorted((one, other) => (one.name ?? '').localeCompare(other.name ?? ''));
}

/** The files in a ZIP archive, by its central directory: stored or deflated ones, which is what everybody writes. */
async function unpacked(bytes: Uint8Array): Promise<Part[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  let at = view.getUint32(end + 16, true);
  const parts: Part[] = [];
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [method, packed, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [nameLength, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const local = view.getUint32(at + 42, true);
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (!path.endsWith('/')) {
      // What is said to be too large is not unpacked to find out.
      const content = bytes.subarray(begin, begin + packed);
      const name = path.slice(path.lastIndexOf('/') + 1);
      parts.push({ name, bytes: size > largest ? new Uint8Array(largest + 1) : method === 0 ? content : await inflated(content) });
    }
    at += 46 + nameLength + extra + comment;
  }
  return parts;
}

async function inflated(content: Uint8Array): Promise<Uint8Array> {
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      controller.enqueue(content.slice());
      controller.close();
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done && size <= largest; next = await reader.read()) {
    chunks.push(next.value);
    size += next.value.length;
  }
  await reader.cancel();
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
