/*
 * differential API.graphql RULES.graphql RECORDS.ndjson ANSWER DATABASE COUNT SEED
 *
 * Makes COUNT queries out of the schema and the records (filters, sorts, paging, nesting,
 * fragments, aliases, directives, variables), answers each with reference.js and with
 * ANSWER, and compares the answers as JSON. NODE_PATH must lead to graphql 16. Prints the
 * first differences and how many there are; exit status 1 when there is one.
 */
'use strict';
const fs = require('fs');
const {spawnSync} = require('child_process');
const graphql = require('graphql');
const {makeReference} = require('./reference.js');

const [apiPath, rulesPath, recordsPath, program, database, countText, seedText] = process.argv.slice(2);
const COUNT = Number(countText), USER = 1;
const SHOWN = 5; // differences that are printed
let state = Number(seedText) >>> 0 || 1;

function random() { // xorshift32: the same queries for the same seed everywhere
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const chance = (p) => random() < p;
const pick = (list) => list[below(list.length)];

const records = fs.readFileSync(recordsPath, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l));
const reference = makeReference(graphql, fs.readFileSync(apiPath, 'utf8'), fs.readFileSync(rulesPath, 'utf8'), records);
const {schema, entities, rows} = reference;

/* ---- one query */

let aliases, variables, fragments;

function literal(v) {
  if (v && v.enum) return v.enum;
  if (Array.isArray(v)) return `[${v.map(literal).join(', ')}]`;
  if (v && typeof v === 'object')
    return `{${Object.entries(v).map(([k, x]) => `${k}: ${literal(x)}`).join(', ')}}`;
  return JSON.stringify(v);
}

function plain(v) {
  if (v && v.enum) return v.enum;
  if (Array.isArray(v)) return v.map(plain);
  if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]));
  return v;
}

function givenArguments(pairs) {
  const parts = pairs.map(([name, type, value]) => {
    if (!chance(0.3)) return `${name}: ${literal(value)}`;
    const variable = `v${variables.length}`;
    variables.push([variable, type, plain(value)]);
    return `${name}: $${variable}`;
  });
  return parts.length ? `(${parts.join(', ')})` : '';
}

function sample(type, field) {
  const list = rows[type];
  const row = list.length ? pick(list) : {};
  return row[field];
}

function patternOf(value) {
  const text = String(value);
  const at = below(text.length + 1);
  const form = below(6);
  if (form === 0) return text;
  if (form === 1) return text.slice(0, at) + '%';
  if (form === 2) return '%' + text.slice(at);
  if (form === 3) return `%${text.slice(at, at + 4).toUpperCase()}%`;
  if (form === 4) return text.slice(0, at) + '_' + text.slice(at + 1);
  return `%${text.slice(at, at + 3).replace(/[%_\\]/g, '\\$&')}%`;
}

const HOSTILE = ['', '%', '_', '\\', "' OR 1=1 --", '"; DROP TABLE parts; --', '\u0000', 'ÄÖ', '🙂', "''", '?1', '$x'];

function leafFilter(type, f, inputType) {
  const out = {};
  for (let n = 1 + below(2); n > 0; n--) {
    const op = pick(['eq', 'neq', 'in', 'like', 'ilike', 'notlike', 'notilike', 'gt', 'gte', 'lt', 'lte', 'isnull', 'fuzzyMatch']);
    let value = sample(type, f.name);
    if (Array.isArray(value)) value = value[0];
    const scalar = graphql.getNamedType(inputType.getFields().eq.type).name;
    const text = ['String', 'DateTime', 'ID'].includes(scalar);
    const enumeration = graphql.isEnumType(schema.getType(scalar));
    if (!text && !enumeration && !['Int', 'Float', 'Boolean', 'ScalarValue'].includes(scalar)) {
      out.isnull = chance(0.5);
      continue;
    }
    if (op === 'isnull') out.isnull = chance(0.5);
    else if (chance(0.03)) out[op] = null;
    else if (value === null || value === undefined || typeof value === 'object') continue;
    else if (enumeration) {
      const wrap = (x) => ({enum: x});
      if (['eq', 'neq', 'gt', 'lte'].includes(op)) out[op] = wrap(value);
      else if (op === 'in') out.in = [wrap(value), wrap(pick(schema.getType(scalar).getValues()).name)];
    } else if (op === 'fuzzyMatch') {
      if (scalar === 'String') out.fuzzyMatch = chance(0.5) ? {value: String(value)} : {value: patternOf(value), similarity: Number(random().toFixed(2))};
    } else if (op.endsWith('like')) {
      if (scalar === 'String') out[op] = chance(0.1) ? pick(HOSTILE) : patternOf(value);
      else if (scalar === 'ID') out[op] = patternOf(value);
    } else if (scalar === 'ScalarValue') {
      if (op === 'eq' || op === 'neq') out[op] = value;
      else if (op === 'in') out.in = [value, 'x', 1];
    } else {
      const convert = scalar === 'ID' ? (x) => (chance(0.5) ? String(x) : Number.isInteger(Number(x)) ? Number(x) : String(x)) : (x) => x;
      let one = convert(value);
      if (scalar === 'String' && chance(0.1)) one = pick(HOSTILE);
      if (op === 'in') out.in = [one, ...(chance(0.5) ? [convert(sample(type, f.name) ?? value)] : []), ...(chance(0.1) ? [null] : [])].filter((x) => !Array.isArray(x));
      else if (scalar !== 'Boolean' || op === 'eq' || op === 'neq') out[op] = one;
    }
  }
  return out;
}

function filterOf(type, inputType, depth) {
  const out = {};
  const fields = Object.values(inputType.getFields());
  for (let n = chance(0.1) ? 0 : 1 + below(2); n > 0; n--) {
    const input = pick(fields);
    const kind = graphql.getNamedType(input.type);
    if (input.name === 'or_' || input.name === 'and_') {
      if (depth < 3) out[input.name] = Array.from({length: below(3)}, () => (chance(0.05) ? null : filterOf(type, inputType, depth + 1)));
      continue;
    }
    const f = entities[type].fields[input.name] || Object.values(entities[type].fields).find((x) => x.column === input.name);
    if (kind.getFields().isnull) out[input.name] = leafFilter(type, f, kind);
    else if (depth < 3) {
      const target = targetOf(f);
      if (target) out[input.name] = filterOf(target, kind, depth + 1);
    }
  }
  return out;
}

function targetOf(f) {
  if (f.kind !== 'connection') return entities[f.base] ? f.base : null;
  const node = graphql.getNamedType(graphql.getNamedType(schema.getType(f.base).getFields().edges.type).getFields().node.type);
  return node.name;
}

function sortOf(type, list) {
  const values = list.getValues().map((v) => v.name).filter((v) => {
    const wanted = v.replace(/_(ASC|DESC)$/, '');
    const f = Object.values(entities[type].fields).find((x) => sortName(x.name) === wanted);
    return f && !['SlateContent', 'ScalarValue', 'JSONString'].includes(f.base);
  });
  return Array.from({length: 1 + below(2)}, () => ({enum: pick(values)}));
}

function sortName(name) {
  const snake = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  return /^[A-Z]/.test(name) ? '_' + snake : snake;
}

const cursorOf = (n) => Buffer.from(`arrayconnection:${n}`).toString('base64');

function listArguments(field, target, root) {
  const pairs = [];
  const arg = (name) => field.args.find((a) => a.name === name);
  const size = rows[target].length;
  if (arg('filters') && chance(0.5))
    pairs.push(['filters', String(arg('filters').type), filterOf(target, graphql.getNamedType(arg('filters').type), 0)]);
  if (arg('sort') && chance(0.4)) pairs.push(['sort', String(arg('sort').type), sortOf(target, graphql.getNamedType(arg('sort').type))]);
  if (arg('distinctOn') && chance(0.15))
    pairs.push(['distinctOn', String(arg('distinctOn').type), sortOf(target, graphql.getNamedType(arg('distinctOn').type))]);
  if (arg('first') && (root ? size > 40 || chance(0.6) : chance(0.5))) pairs.push(['first', 'Int', chance(0.02) ? -1 : below(6)]);
  else if (arg('last') && (root || chance(0.3))) pairs.push(['last', 'Int', below(6)]);
  if (arg('after') && chance(0.3))
    pairs.push(['after', 'String', chance(0.2) ? '' : chance(0.05) ? pick(['x', cursorOf(-1), cursorOf('9'.repeat(20)), 'YXJyYXk6MQ==']) : cursorOf(below(size + 3))]);
  if (arg('before') && chance(0.15)) pairs.push(['before', 'String', cursorOf(below(size + 3))]);
  return pairs;
}

function directive() {
  if (!chance(0.06)) return '';
  const name = pick(['skip', 'include']);
  if (chance(0.5)) return ` @${name}(if: ${chance(0.5)})`;
  const variable = `v${variables.length}`;
  variables.push([variable, 'Boolean!', chance(0.5)]);
  return ` @${name}(if: $${variable})`;
}

function selectionOf(type, depth) {
  const parts = [];
  const fields = Object.values(type.getFields());
  for (let n = 1 + below(5); n > 0; n--) {
    const field = pick(fields);
    const named = graphql.getNamedType(field.type);
    if (!graphql.isCompositeType(named)) {
      const alias = chance(0.15) ? `a${aliases++}: ` : '';
      parts.push(alias + field.name + directive());
    } else if (depth < 4) {
      const inner = compositeOf(field, named, depth);
      if (inner) parts.push(inner);
    }
  }
  if (chance(0.1) || !parts.length) parts.push('__typename');
  return `{${wrapped(type, parts).join(' ')}}`;
}

/* Some of the fields through a fragment. */
function wrapped(type, parts) {
  if (!chance(0.2)) return parts;
  const at = below(parts.length);
  const some = parts.splice(at, 1 + below(3));
  if (!some.length) return parts;
  if (chance(0.5)) parts.push(`...${chance(0.7) ? ` on ${type.name}` : ''}${directive()} {${some.join(' ')}}`);
  else {
    const name = `F${fragments.length}`;
    fragments.push(`fragment ${name} on ${type.name} {${some.join(' ')}}`);
    parts.push(`...${name}${directive()}`);
    if (chance(0.2)) parts.push(`...${name}`);
  }
  return parts;
}

function connectionOf(named, depth) {
  const node = graphql.getNamedType(graphql.getNamedType(named.getFields().edges.type).getFields().node.type);
  const parts = [];
  if (chance(0.85)) parts.push(`edges {${chance(0.5) ? 'cursor ' : ''}node ${selectionOf(node, depth + 1)}}`);
  if (chance(0.1)) parts.push(`e${aliases++}: edges {n${aliases++}: node ${selectionOf(node, depth + 1)}}`);
  if (chance(0.5)) {
    const info = Object.keys(graphql.getNamedType(named.getFields().pageInfo.type).getFields()).filter(() => chance(0.5));
    parts.push(`pageInfo {${info.length ? info.join(' ') : '__typename'}}`);
  }
  if (named.getFields().aggregates && chance(0.3)) parts.push('aggregates {count sum {quantity quantityAvailable}}');
  return `{${parts.length ? parts.join(' ') : '__typename'}}`;
}

function compositeOf(field, named, depth) {
  if (graphql.isUnionType(named)) return `a${aliases++}: ${field.name} {__typename ... on Part {id} ... on User {name}}`;
  if (named.getFields().edges && named.getFields().pageInfo) {
    const target = graphql.getNamedType(graphql.getNamedType(named.getFields().edges.type).getFields().node.type).name;
    return `a${aliases++}: ${field.name}${givenArguments(listArguments(field, target, depth === 0))}${directive()} ${connectionOf(named, depth)}`;
  }
  const filters = field.args.find((a) => a.name === 'filters');
  const target = entities[named.name];
  const given = filters && target && chance(0.3)
    ? givenArguments([['filters', String(filters.type), filterOf(named.name, graphql.getNamedType(filters.type), 1)]]) : '';
  const alias = given || chance(0.3) ? `a${aliases++}: ` : '';
  return `${alias}${field.name}${given}${directive()} ${selectionOf(named, depth + 1)}`;
}

function rootOf() {
  const field = pick(Object.values(schema.getQueryType().getFields()));
  const named = graphql.getNamedType(field.type);
  const alias = `r${aliases++}: `;
  if (named.getFields().edges) return compositeOf(field, named, 0);
  if (!field.args.length) return `${alias}${field.name} ${selectionOf(named, 1)}`;
  const row = rows[named.name].length ? pick(rows[named.name]) : {id: 1};
  const id = chance(0.05) ? pick([999999, '0', 'abc', '', -1]) : chance(0.5) ? row.id : String(row.id);
  return `${alias}${field.name}${givenArguments([['id', 'ID!', id]])} ${selectionOf(named, 1)}`;
}

function makeQuery() {
  aliases = 0;
  variables = [];
  fragments = [];
  const roots = Array.from({length: 1 + (chance(0.2) ? 1 : 0)}, rootOf);
  const head = variables.length ? `query Q(${variables.map(([n, t]) => `$${n}: ${t}`).join(', ')}) ` : '';
  return {query: `${head}{${roots.join(' ')}}${fragments.map((f) => ' ' + f).join('')}`,
    variables: Object.fromEntries(variables.map(([n, , v]) => [n, v]))};
}

/* ---- comparing */

/* Numbers of sums may differ in their last digits: the order of adding is not defined. */
function same(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return a === b || Math.abs(a - b) <= 1e-9 * Math.abs(a);
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const x = Object.keys(a), y = Object.keys(b);
  return x.length === y.length && x.every((k, i) => (k === y[i] || k in b) && same(a[k], b[k]));
}

function main() {
  const bodies = Array.from({length: COUNT}, makeQuery);
  const ours = spawnSync(program, ['--strict', '--user', String(USER), database],
    {input: bodies.map((b) => JSON.stringify(b)).join('\n') + '\n', maxBuffer: 1 << 30});
  if (ours.status !== 0) throw new Error(`the program ended with ${ours.status}: ${ours.stderr}`);
  const lines = ours.stdout.toString().split('\n');
  let different = 0, faulty = 0, empty = 0, compared = 0;
  bodies.forEach((body, i) => {
    const wanted = JSON.parse(JSON.stringify(reference.run(body, USER)));
    for (const error of wanted.errors || []) // ours never say a stored value
      error.message = error.message.replace(/^Enum "\w+" cannot represent value: .*$/s,
        'Enum cannot represent a value that it does not have');
    const got = JSON.parse(lines[i]);
    compared++;
    if (wanted.errors) faulty++;
    if (wanted.data && Object.values(wanted.data).every((v) => v === null)) empty++;
    if (same(wanted, got)) return;
    different++;
    if (different > SHOWN) return;
    console.log(`# ${JSON.stringify(body)}\n#   wanted ${JSON.stringify(wanted).slice(0, 1500)}\n#   got    ${JSON.stringify(got).slice(0, 1500)}`);
  });
  console.log(`# ${compared} queries, ${faulty} with errors, ${empty} without data, ${different} different`);
  return different ? 1 : 0;
}

process.exitCode = main();
