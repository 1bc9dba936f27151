// Judges the OpenAPI documents of two gateways that it starts: the real one, and one over the park service, which
// the generated clients then call. Usage: node judge.mjs TOOLS BUILD [park]; with `park` only the latter.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [tools, build, only] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(path.join(tmpdir(), 'kepu-openapi-'));
const children = [];

const run = (tool, ...args) => {
  try {
    return execFileSync(path.join(tools, 'node_modules/.bin', tool), args, {
      cwd: work,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
  } catch (error) {
    throw new Error(`${tool} says:\n${(error.stdout || '') + (error.stderr || '')}`.slice(0, 8000));
  }
};

// Starts a program and waits for the port that it tells; `find` reads it from what it prints.
const start = (program, args, find) => new Promise((resolve, reject) => {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  const look = (bytes) => {
    text += bytes;
    const port = find(text);
    if (port) resolve(port);
  };
  child.stdout.on('data', look);
  child.stderr.on('data', look);
  child.on('error', reject);
  child.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${text}`)));
});

const gateway = () => {
  const keys = path.join(work, 'keys');
  mkdirSync(keys);
  mkdirSync(path.join(work, 'sockets'));
  writeFileSync(path.join(keys, 'identity.key'), randomBytes(32).toString('hex') + '\n', { mode: 0o600 });
  return start(path.join(build, 'bin/kepu-gateway'),
    ['--listen=127.0.0.1:0', `--run=${work}/sockets`, `--keys=${keys}`],
    (text) => (text.match(/"gateway serves".*"port":(\d+)/) || [])[1]);
};

const fetchDocument = async (port, file) => {
  const answer = await fetch(`http://127.0.0.1:${port}/openapi.json`);
  if (answer.status !== 200) throw new Error(`/openapi.json answered ${answer.status}`);
  const text = await answer.text();
  writeFileSync(path.join(work, file), text);
  return JSON.parse(text);
};

// Both linters, and no remark of theirs, however small.
const lint = (file) => {
  run('spectral', 'lint', '--fail-severity', 'hint', '--ruleset', path.join(here, '.spectral.yaml'), file);
  const said = JSON.parse(run('redocly', 'lint', '--config', path.join(here, 'redocly.yaml'), '--format', 'json', file));
  if (said.totals.errors + said.totals.warnings > 0) throw new Error(JSON.stringify(said.problems, null, 1).slice(0, 8000));
};

const options = {
  compilerOptions: {
    strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: false, target: 'ES2022', module: 'ESNext',
    moduleResolution: 'Bundler', lib: ['ES2022', 'DOM', 'DOM.Iterable'], skipLibCheck: false, types: [],
  },
};

// Generates clients by both generators and compiles them, with the program that uses them where there is one.
const generate = (file, folder, program) => {
  const to = path.join(work, folder);
  mkdirSync(to);
  run('openapi-typescript', file, '-o', path.join(folder, 'types.ts'));
  run('openapi-ts', '-i', file, '-o', path.join(folder, 'client'), '-c', '@hey-api/client-fetch');
  if (program) cpSync(path.join(here, program), path.join(to, program));
  writeFileSync(path.join(to, 'tsconfig.json'), JSON.stringify(
    { ...options, compilerOptions: { ...options.compilerOptions, outDir: 'out' }, include: ['**/*.ts'] }));
  run('tsc', '-p', folder);
};

const seconds = (from) => ((Date.now() - from) / 1000).toFixed(1) + ' s';

const judgeContract = async () => {
  let from = Date.now();
  const document = await fetchDocument(await gateway(), 'kepu.json');
  const count = Object.values(document.paths).reduce((sum, verbs) => sum + Object.keys(verbs).length, 0);
  if (count < 100) throw new Error(`only ${count} operations: the contract is not linked`);
  lint('kepu.json');
  console.log(`both linters are content with ${count} operations (${seconds(from)})`);
  from = Date.now();
  generate('kepu.json', 'kepu');
  console.log(`clients of the whole contract compile under strict (${seconds(from)})`);
};

const judgeCalls = async () => {
  const from = Date.now();
  const port = await start(path.join(build, 'tests/park-gateway'), [], (text) => (text.match(/^(\d+)\n/) || [])[1]);
  await fetchDocument(port, 'park.json');
  lint('park.json');
  generate('park.json', 'park', 'park_client.ts');
  // Generated imports name no extensions, which browsers' bundlers understand and node does not.
  const out = path.join(work, 'park/out');
  writeFileSync(path.join(out, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(out, 'names.mjs'),
    `import { existsSync } from 'node:fs'; import { fileURLToPath } from 'node:url';
export const resolve = (name, context, next) => {
  if (!name.startsWith('.') || name.endsWith('.js')) return next(name, context);
  const base = new URL(name, context.parentURL).href;
  return next([base + '.js', base + '/index.js'].find((one) => existsSync(fileURLToPath(one))) || name, context);
};`);
  const said = execFileSync(process.execPath, ['--no-warnings', '--loader', './names.mjs', './park_client.js', port],
    { cwd: out, encoding: 'utf8' });
  process.stdout.write(said);
  if (!/all calls were answered as typed/.test(said)) throw new Error('the client did not come to its end');
  console.log(`and the generated client works (${seconds(from)})`);
};

try {
  if (only !== 'park') await judgeContract();
  await judgeCalls();
} catch (error) {
  console.error(error.message);
  if (error.stdout) console.error(error.stdout, error.stderr);
  process.exitCode = 1;
} finally {
  for (const child of children) {
    child.removeAllListeners('exit');
    child.kill();
  }
  rmSync(work, { recursive: true, force: true });
}
