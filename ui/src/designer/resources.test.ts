import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bring, largest, merged, textOf } from './resources';

/** A ZIP archive as packers write it: local headers, a central directory, its end. */
function zip(files: Record<string, { text: string; deflate: boolean }>): Uint8Array<ArrayBuffer> {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, { text, deflate }] of Object.entries(files)) {
    const content = deflate ? deflateRawSync(Buffer.from(text)) : Buffer.from(text);
    const [local, central, path] = [Buffer.alloc(30), Buffer.alloc(46), Buffer.from(name)];
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(path.length, 26);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(deflate ? 8 : 0, 10);
    central.writeUInt32LE(content.length, 20);
    central.writeUInt32LE(text.length, 24);
    central.writeUInt16LE(path.length, 28);
    central.writeUInt32LE(offset, 42);
    locals.push(local, path, content);
    directory.push(central, path);
    offset += 30 + path.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...locals, ...directory, end]));
}

test('texts are attached as they are, and in base64 where XML would change them', async () => {
  const { resources, rejected } = await bring([new File(['var a = 1;'], 'lib.js'), new File([' blanks \n'], 'blanks.txt')]);
  expect(resources).toEqual([{ name: 'lib.js', body: 'var a = 1;' }, { name: 'blanks.txt', encoding: 'base64', body: 'IGJsYW5rcyAK' }]);
  expect(resources.map((each) => textOf(each))).toEqual(['var a = 1;', ' blanks \n']);
  expect(rejected).toEqual([]);
});

test('what no script can read is rejected with its reason', async () => {
  const { resources, rejected } = await bring([
    new File([new Uint8Array([0xff, 0xfe])], 'a.bin'), new File(['\u0001'], 'b.bin'), new File(['x'.repeat(largest + 1)], 'c.txt'), new File(['PK\u0003\u0004 cut off'], 'd.zip'),
  ]);
  expect(resources).toEqual([]);
  expect(rejected.map(({ name, why }) => `${name} ${why}`)).toEqual(['a.bin notText', 'b.bin notText', 'c.txt tooLarge', 'd.zip badZip']);
});

test('an archive is attached as the files in it', async () => {
  const archive = zip({ 'libs/': { text: '', deflate: false }, 'libs/lib.js': { text: 'var b = 2;'.repeat(20), deflate: true }, 'table.json': { text: '{}', deflate: false }, 'large.txt': { text: 'y'.repeat(largest + 1), deflate: true } });
  const { resources, rejected } = await bring([new File([archive], 'resources.zip')]);
  expect(resources).toEqual([{ name: 'lib.js', body: 'var b = 2;'.repeat(20) }, { name: 'table.json', body: '{}' }]);
  expect(rejected).toEqual([{ name: 'large.txt', why: 'tooLarge' }]);
});

test('a file of the same name takes the place of the former one', () => {
  expect(merged([{ name: 'b', body: '1' }, { name: 'a', body: '1' }], [{ name: 'b', body: '2' }])).toEqual([{ name: 'a', body: '1' }, { name: 'b', body: '2' }]);
});
