// The typed client, from the contract as it is: src/gen/**/*_pb.{js,d.ts}. Made anew only when a proto changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const protos = join(web, '../../../protos');
const googleapis = '/usr/share/gocode/src/github.com/gogo/googleapis';
const out = join(web, 'src/gen');
const slim = join(web, 'scripts/protoc-gen-slim.mjs');

const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );

// Facts and records are the services' own; what processes say to each other is no browser's.
const foreign = /\/(log|live)\//;
const own = walk(protos)
  .map((file) => relative(protos, file))
  .filter((file) => file.endsWith('.proto') && !foreign.test(`/${file}`))
  .sort();
const shared = ['annotations', 'http'].map((name) => `google/api/${name}.proto`).concat(
  ['status', 'error_details'].map((name) => `google/rpc/${name}.proto`),
  readdirSync(join(googleapis, 'google/type')).filter((name) => name.endsWith('.proto')).map((name) => `google/type/${name}`),
);

const hash = createHash('sha256');
hash.update(readFileSync(join(web, 'package-lock.json')));
for (const file of walk(protos).sort()) hash.update(file).update(readFileSync(file));
hash.update(readFileSync(slim));
const stamp = hash.digest('hex');
const stampFile = join(out, '.stamp');
if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) process.exit(0);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync(
  'protoc',
  [
    `--plugin=protoc-gen-es=${slim}`,
    `--es_out=${out}`,
    '--es_opt=target=js+dts,import_extension=js',
    `-I${protos}`,
    `-I${googleapis}`,
    '-I/usr/include',
    ...own,
    ...shared,
  ],
  { stdio: 'inherit' },
);
writeFileSync(stampFile, stamp);
console.log(`generated the client of ${own.length} protos`);
