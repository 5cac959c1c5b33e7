// After the build: every text file gets its .br and .gz, the sizes are printed, and a broken budget fails the build.
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { judge } from './budget.mjs';
import { icons } from './icons.mjs';

const dist = new URL('../dist/', import.meta.url).pathname;
const compressible = /\.(js|css|html|svg|json|webmanifest|txt)$/;
const files = readdirSync(dist, { recursive: true }).filter((f) => statSync(join(dist, f)).isFile() && !/\.(br|gz)$/.test(f));
const brotli = new Map();
for (const file of files) {
  const bytes = readFileSync(join(dist, file));
  if (!compressible.test(file)) {
    brotli.set(file, bytes.length);
    continue;
  }
  const small = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  writeFileSync(join(dist, `${file}.br`), small);
  writeFileSync(join(dist, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  brotli.set(file, small.length);
}
const manifestFile = join(dist, '.vite/manifest.json');
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
const budgets = JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8'));
let broken = false;
for (const { route, bytes, kb, over } of judge(manifest, budgets, (file) => brotli.get(file))) {
  console.log(`web: ${route.padEnd(10)} ${(bytes / 1000).toFixed(1).padStart(6)} KB brotli of ${kb}${over ? '  OVER BUDGET' : ''}`);
  broken ||= over;
}
// The portal's scripts stand beside its other files; the service worker is sent by the server, which fills it in.
const portal = new URL('../portal/static/', import.meta.url).pathname;
icons(portal);
for (const [name, { file, kb }] of Object.entries(budgets.files)) {
  const bytes = readFileSync(join(portal, file));
  const small = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  writeFileSync(join(portal, `${file}.br`), small);
  writeFileSync(join(portal, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  const over = small.length > kb * 1000;
  console.log(`web: ${name.padEnd(10)} ${(small.length / 1000).toFixed(1).padStart(6)} KB brotli of ${kb}${over ? '  OVER BUDGET' : ''}`);
  broken ||= over;
}
// The page loads nothing from another host and runs no script of its own text: the Content-Security-Policy says so.
const page = readFileSync(join(dist, 'index.html'), 'utf8');
if (/<script(?![^>]*\ssrc=)/.test(page) || /(?:src|href)="https?:/.test(page)) {
  console.error('web: index.html holds an inline script or another host');
  broken = true;
}
if (existsSync(join(dist, '.vite'))) {
  renameSync(manifestFile, join(dist, 'manifest.json'));
  rmSync(join(dist, '.vite'), { recursive: true });
}
process.exit(broken ? 1 : 0);
