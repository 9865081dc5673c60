// node jsondiffpatch.mjs MODULES LEFT RIGHT: two files of NDJSON as arrays, their records
// matched by objectHash; prints the delta.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, ...files] = process.argv.slice(2);
const folder = join(modules, 'jsondiffpatch');
const { exports, main } = JSON.parse(readFileSync(join(folder, 'package.json')));
const entry = exports?.['.']?.default ?? exports?.['.']?.import ?? exports?.['.'] ?? main;
const { create } = await import(pathToFileURL(join(folder, entry)));
const [left, right] = files.map((file) =>
  readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)));
const differ = create({ objectHash: (record) => `${record.__typename} ${record.id}` });
console.log(JSON.stringify(differ.diff(left, right)));
