import { join } from 'node:path';
import { build } from 'vite';

/**
 * Builds the pages: `node build.ts <folder of the sources> <folder to write>`. A process of its own, because the bundler
 * needs memory that the gateway shall not keep.
 */
const [, , root = '', outDir = ''] = process.argv;

await build({
  root,
  configFile: false,
  envFile: false,
  base: '/',
  cacheDir: join(outDir, '.cache'),
  logLevel: 'error',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir,
    emptyOutDir: true,
    assetsDir: 'assets',
    assetsInlineLimit: 0, // the policy of the pages takes nothing from data: but pictures
    manifest: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: 'es2023',
  },
  worker: { format: 'es' },
});
