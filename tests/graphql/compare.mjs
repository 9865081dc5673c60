// node compare.mjs MODULES ASK SCHEMA [COUNT [SEED]]: asks ASK and graphql-js the same and
// prints TAP: introspection, then COUNT made-up documents and sets of variables.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, ask, file, count = '2000', seed = '1'] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const g = require('graphql');
const { getVariableValues } = require('graphql/execution/values.js');
const schema = g.buildSchema(readFileSync(file, 'utf8'));

let state = BigInt(seed);
const roll = (n) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number((state >> 33n) % BigInt(n));
};
const pick = (list) => list[roll(list.length)];

// ---- what graphql-js says

const errors = (list) => ({
  errors: list.map((e) => e.toJSON()).map(({ message, locations }) =>
    ({ message, ...(locations && { locations }) })),
});

function theirs({ query, variables }) {
  let document;
  try {
    document = g.parse(query);
  } catch (e) {
    return errors([e]);
  }
  const found = variables === undefined ? g.validate(schema, document) : [];
  if (found.length) return errors(found);
  const defined = document.definitions[0].variableDefinitions ?? [];
  if (variables !== undefined) {
    const { coerced, errors: bad } = getVariableValues(schema, defined, variables ?? {}, { maxErrors: 50 });
    return bad ? errors(bad) : { variables: { ...coerced } };
  }
  const { data } = g.executeSync({ schema, document });
  return { data };
}

// ---- documents: valid pieces, then cut and pasted

const fields = [
  '__typename', 'id', 'name', 'name(case: UPPER)', 'name(case: $case)', 'weight', 'price', 'price(places: null)',
  'price(on: "2020", places: $n)', 'subs { id }', 'subs(first: "1") { name }', 'tags', 'made', 'owner { ... on Person { age } }',
  'owner { id }', 'old', 'extra(x: {a: $any})', 'extra', 'age', 'parts { weight }', 'friends(ids: [["1"], 2]) { age }', 'staff { name }',
  'x: name', 'x: id', 'x: weight', 'subs(where: {min: $f, must: null, nam: 1}) { id }', 'subs(where: {and: [{not: {cases: LOWER}}]}) { x: id }',
  'subs(where: $where) { subs { ...F } }', 'nmae', 'frist', 'subs', 'owner', 'name { a }', '...F', '...G', '... on Node { id }', '... on Firm { name }',
  '... on Named { name }', '... @include(if: $flag) { id }', '... on Where { id }', '... on Nowhere { id }', 'id @skip(if: true)', 'id @skip', 'id @once @once',
  'id @tag(name: "a") @tag(name: "b")', 'id @unknown', 'id @tag(nam: 1)', 'id @deprecated', 'x: subs { a: id }', 'x: subs { a: name }', 'y: owner { ... on Person { z: age } ... on Firm { z: name } }',
];
const roots = [
  'part { F }', 'part(id: $id) { F }', 'parts(where: $where) { F }', 'parts(ids: $ids, strict: {a: 1, b: [2, $n]}) { F }', 'parts(strict: {b: [null]}) { F }',
  'parts(cases: [[LOWER, upper], UPPER]) { F }', 'node(id: 1.5) { F }', 'node { F }', 'things(first: $n) { F }', 'things(first: 1, flag: "yes", second: 2) { F }',
  'exact(by: {id: 1, name: "x"}) { F }', 'exact(by: {id: null}) { F }', 'exact(by: {name: $s}) { F }', 'person(id: $id) { F }', 'owner { F }', 'now', 'numbers(i: 3000000000, f: "x", s: 5)', 'numbers(i: $f)',
  'numbers(l: $list, s: $s)', '__typename', '__schema { types { name fields { type { fields { name } } } } }', '__type(name: $s) { name kind ofType { name } }', '__type(name: "Part") { fields { type { interfaces { fields { name } } } } }',
  'rename(id: 1, name: "x") { F }', 'set(where: {id: true})', 'changed { F }', 'ticks', '...R', '... on Query { now }',
];
const definitions = [
  '$id: ID!', '$id: ID', '$id: Int', '$n: Int!', '$n: Int = 4', '$n: Int', '$n: Float', '$f: Float', '$f: Float = 1', '$where: Where', '$where: Where = {min: "a"}', '$where: Where!',
  '$ids: [ID!]', '$ids: [ID]', '$ids: ID!', '$s: String', '$s: String!', '$s: Part', '$s: Strng', '$list: [Int]', '$list: Int', '$case: Case', '$case: Case = NONE', '$any: Any', '$flag: Boolean', '$flag: Boolean!',
  '$flag: Boolean! @tag(name: "v")', '$unused: Int',
];
const some = (list, n) => Array.from({ length: n }, () => pick(list));
const set = () => some(fields, 1 + roll(4)).join(' ');
function operation() {
  const kind = pick(['query', 'query', 'query', 'query', 'mutation', 'subscription']);
  const vars = roll(3) ? '(' + some(definitions, 1 + roll(4)).join(', ') + ')' : '';
  const name = pick(['', ' A', ' B']);
  const body = some(roots, 1 + roll(3)).map((r) => r.replace('F }', set() + ' }')).join('\n  ');
  return `${kind}${name}${vars}${roll(9) ? '' : ' @tag(name: 1)'} {\n  ${body}\n}`;
}
const fragment = () => `fragment ${pick(['F', 'F', 'G', 'G', 'R', 'U'])} on ${pick(['Part', 'Part', 'Named', 'Person', 'Owner', 'Query', 'Prat'])} { ${set()} }`;
function damaged(text) {
  const at = roll(text.length);
  const bits = ['{', '}', '(', ')', '[', ']', '$', '@', '!', ':', '...', '"', '"""', '\\', '#', 'on', '-', '1', '0', '.', 'é', '😀', '\n', '\r\n', '\ufeff', "'"];
  return text.slice(0, at) + pick(bits) + text.slice(at + roll(3));
}
function made() {
  const parts = [operation(), ...(roll(2) ? [fragment()] : []), ...(roll(3) ? [] : [fragment(), fragment()]), ...(roll(5) ? [] : [operation()]), ...(roll(20) ? [] : ['type Q { a: Query }'])];
  const query = parts.join('\n');
  return { query: roll(4) ? query : damaged(query) };
}

// ---- variables

const scalars = [null, true, false, 0, 1, -1, 1.5, 2147483648, 1e21, 'a', '1', '', 'LOWER', 'lower', 'é😀', [], {}, [1, 'x', null], [[1], [2]], { a: 1 }, { name: 'x', min: 'y' }, { must: null }, { nam: 1, mxa: 2 },
  { and: [{ and: [{ id: [] }] }, { not: { cases: ['LOWER', 3] } }] }, { a: 1, b: [1, null], c: 1 }, { b: 3 }, { id: 1 }, { id: 1, name: 'x' }, { id: null }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], { a: { b: { c: { d: 1 } } } }];
const types = ['Int', 'Int!', 'Float', 'String', 'Boolean', 'ID', 'Case', 'Where', 'Where!', 'Strict', 'Exact', '[Int]', '[Int!]!', '[[ID]]', '[Where!]', 'Date', 'Any', 'Int = 4', 'Case = UPPER', 'Where = {min: 2}', '[Int] = 3'];
function variables() {
  const used = some(types, 1 + roll(3));
  const names = used.map((_, i) => 'v' + i);
  const given = Object.fromEntries(names.filter(() => roll(6)).map((n) => [n, pick(scalars)]));
  const query = `query (${used.map((t, i) => `$v${i}: ${t}`).join(', ')}) { now }`;
  return { query, variables: given };
}

// ---- comparing

// Descriptions of what is built in are each implementation's own; types stand in another order.
// graphql-js 16.15 tells of directives on directives, which no specification has yet.
const isDraft = (v) => v === 'DIRECTIVE_DEFINITION' || v?.name === 'DIRECTIVE_DEFINITION';
function draftless(type) {
  if (type?.name === '__Directive' && type.fields) type.fields = type.fields.filter((f) => !/^(isDeprecated|deprecationReason)$/.test(f.name));
  if (type?.name === '__Schema') type.fields?.forEach((f) => { f.args = []; });
  return type;
}
function tidy(value, name) {
  if (Array.isArray(value)) {
    const list = value.filter((v) => !isDraft(v)).map((v) => tidy(draftless(v), /^__/.test(name ?? '') ? name : undefined));
    return list.every((v) => v && typeof v.name === 'string' && 'kind' in v) ? list.sort((a, b) => (a.name < b.name ? -1 : 1)) : list;
  }
  if (value === null || typeof value !== 'object') return value;
  const own = typeof value.name === 'string' ? value.name : name;
  const builtin = /^__/.test(name ?? '') || /^__|^(Int|Float|String|Boolean|ID|include|skip|deprecated|specifiedBy|oneOf|if|reason|url)$/.test(own ?? '');
  return Object.fromEntries(Object.entries(value).filter(([k]) => !(builtin && k === 'description')).map(([k, v]) => [k, tidy(v, /^__/.test(name ?? '') ? name : own)]).sort(([a], [b]) => (a < b ? -1 : 1)));
}
const flat = (v) => JSON.stringify(tidy(v));

// Messages quote at most 80 bytes of a value here.
const shorten = (text) => text.replace(/\s+/g, ' ').slice(0, 110);

const introspection = g.getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true });
const asked = [{ query: introspection }, { query: '{ a: __type(name: "Where") { inputFields { name defaultValue } } b: __type(name: "Query") { fields { name args { defaultValue } ...F } } c: __type(name: "Nix") { name } d: __type(name: "Case") { enumValues(includeDeprecated: true) { name isDeprecated deprecationReason } e: enumValues { name } } } fragment F on __Field { type { kind ofType { name __typename } } }' }];
const documents = Array.from({ length: Number(count) }, made);
const sets = Array.from({ length: Number(count) }, variables);
const all = [...asked, ...documents, ...sets];
const run = spawnSync(ask, [file], { input: all.map((q) => JSON.stringify({ query: q.query, variables: JSON.stringify(q.variables) })).join('\n') + '\n', maxBuffer: 1 << 30 });
const lines = run.stdout.toString().split('\n');
if (run.status !== 0) {
  console.log(`Bail out! ${ask} ended with ${run.status ?? run.signal}: ${run.stderr}`);
  process.exit(1);
}

let failed = 0, valid = 0, refused = 0;
const bad = { introspection: 0, documents: 0, variables: 0 };
all.forEach((q, i) => {
  const where = i < asked.length ? 'introspection' : i < asked.length + documents.length ? 'documents' : 'variables';
  let ours, want;
  try {
    ours = JSON.parse(lines[i]);
    want = JSON.parse(JSON.stringify(theirs(q)));
  } catch (e) {
    ours = lines[i];
    want = String(e);
  }
  if (want.errors) refused++; else valid++;
  if (where === 'documents' && !want.errors && !ours.errors) return; // what they select is for executing
  // graphql-js 16.15 takes descriptions of variables and operations, October 2021 does not.
  if (/found (Block)?String|Unexpected description/.test(ours.errors?.[0].message)) return;
  if (where !== 'introspection' && want.errors && ours.errors)
    for (const list of [want.errors, ours.errors]) list.forEach((e) => { e.message = shorten(e.message); });
  if (flat(ours) === flat(want)) return;
  bad[where]++;
  if (failed++ < 8) {
    const [a, b] = [flat(ours), flat(want)];
    let at = 0;
    while (a[at] === b[at]) at++;
    console.log(`# ${JSON.stringify(q).slice(0, 600)}\n# ours:   ${a.slice(Math.max(0, at - 200), at + 300)}\n# theirs: ${b.slice(Math.max(0, at - 200), at + 300)}`);
  }
});
console.log('1..3');
const result = (n, where, what) => console.log(`${bad[where] ? 'not ok' : 'ok'} ${n} - ${what}${bad[where] ? ` (${bad[where]} differ)` : ''}`);
result(1, 'introspection', 'introspection, as graphql-js answers it');
result(2, 'documents', `${documents.length} documents: the same errors in the same places`);
result(3, 'variables', `${sets.length} sets of variables: the same values, the same errors`);
console.log(`# ${valid} were taken, ${refused} refused; graphql-js ${g.version}`);
process.exit(failed ? 1 : 0);
