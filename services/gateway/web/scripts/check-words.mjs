// Every list of words says the same things in both languages, and every word that a page asks for is there.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const src = join(dirname(fileURLToPath(import.meta.url)), '../src');
const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? (entry.name === 'gen' ? [] : walk(join(folder, entry.name))) : [join(folder, entry.name)],
  );
const files = walk(src);
const problems = [];

// The words of a list, which imports nothing but types.
async function wordsIn(file) {
  const js = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
  return (await import(`data:text/javascript,${encodeURIComponent(js.outputText)}`)).default;
}
const flat = (tree, path = '') =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[path + key, value]] : flat(value, `${path}${key}.`)));

const known = new Set();
for (const file of files.filter((one) => /(words|i18n\/shell)\.ts$/.test(one))) {
  const area = /areas\/(\w+)\//.exec(file)?.[1];
  const { zh, en } = await wordsIn(file);
  const [chinese, english] = [new Map(flat(zh)), new Map(flat(en))];
  const name = relative(src, file);
  for (const [key, text] of chinese) {
    known.add(area ? `${area}.${key}` : key);
    if (!english.has(key)) problems.push(`${name}: ${key} is missing in English`);
    const places = (one) => [...one.matchAll(/\{(\w+)\}/g)].map(([, place]) => place).sort().join();
    if (english.has(key) && places(text) !== places(english.get(key))) problems.push(`${name}: ${key} has other places in English`);
    if (!/[\u3400-\u9fff]/.test(text) && /[A-Za-z]{4}/.test(text.replace(/\{\w+\}/g, ''))) problems.push(`${name}: ${key} is not Chinese: ${text}`);
  }
  for (const [key, text] of english) {
    if (!chinese.has(key)) problems.push(`${name}: ${key} is missing in Chinese`);
    if (/[\u3400-\u9fff]/.test(text)) problems.push(`${name}: ${key} is not English: ${text}`);
  }
}

const prefixes = [...known].flatMap((key) => key.split('.').map((_, place, parts) => parts.slice(0, place).join('.'))).filter(Boolean);
const branches = new Set(prefixes);
for (const file of files.filter((one) => /\.(vue|ts)$/.test(one) && !/words\.ts$/.test(one))) {
  const text = readFileSync(file, 'utf8');
  for (const [, key] of text.matchAll(/\bt\(\s*'([\w.]+)'/g)) if (!known.has(key)) problems.push(`${relative(src, file)}: no word ${key}`);
  for (const [, key] of text.matchAll(/\bt\(\s*`([\w.]+)\.\$\{/g)) if (!branches.has(key)) problems.push(`${relative(src, file)}: no words under ${key}`);
  for (const [, key] of text.matchAll(/label: '([\w]+(?:\.\w+)+)'/g)) if (!known.has(key)) problems.push(`${relative(src, file)}: no word ${key}`);
  // Text in a template is in no language that one can choose.
  const template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1]?.replace(/<!--[\s\S]*?-->/g, '') ?? '';
  if (/>[^<{]*[\u3400-\u9fff]/.test(template)) problems.push(`${relative(src, file)}: Chinese text in the template`);
}
for (const problem of problems) console.error(problem);
console.log(`${known.size} words in both languages${problems.length ? `, ${problems.length} problems` : ''}`);
process.exit(problems.length ? 1 : 0);
