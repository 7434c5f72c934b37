import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(?:js|css|html|svg|json)$/;

/** Smaller files gain nothing from compression once the headers are counted. */
const minimumBytes = 1024;

/**
 * Empties dist (but for the tracked .gitkeep) before a build and writes .br and .gz next to each text file after it,
 * so that the Go server only chooses a file and never compresses while somebody waits.
 */
export function precompress(): Plugin {
  let folder = 'dist';
  return {
    name: 'provost-precompress',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    buildStart: async () => {
      const entries = await readdir(folder).catch(() => []);
      await Promise.all(
        entries.filter((name) => name !== '.gitkeep').map((name) => rm(join(folder, name), { recursive: true })),
      );
    },
    closeBundle: async () => {
      const entries = await readdir(folder, { recursive: true });
      await Promise.all(entries.filter((name) => compressible.test(name)).map((name) => compress(join(folder, name))));
    },
  };
}

async function compress(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.length < minimumBytes) return;
  const brotli = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
  await writeFile(`${path}.br`, brotliCompressSync(content, brotli));
  await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }));
}
