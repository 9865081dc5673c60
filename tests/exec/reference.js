/*
 * reference: a second implementation of the reading API, for comparison: graphql-js 16
 * over the records of an export, with resolvers written from the specification
 * (lists, filters, sorts, paging) and none of the program's code.
 *
 * makeReference(graphql, apiSdl, rulesSdl, records) -> {schema, run(body)}
 */
'use strict';

const COMMON = ['Std', 'By', 'Attributes'];

function argument(node, directive, name) {
  const d = (node.directives || []).find((x) => x.name.value === directive);
  const a = d && d.arguments.find((x) => x.name.value === name);
  return a ? (a.value.kind === 'ListValue' ? a.value.values.map((v) => v.value) : a.value.value) : undefined;
}

function has(node, directive) {
  return (node.directives || []).some((x) => x.name.value === directive);
}

function baseName(type) {
  return type.kind === 'NamedType' ? type.name.value : baseName(type.type);
}

function isList(type) {
  return type.kind === 'ListType' || (type.kind === 'NonNullType' && isList(type.type));
}

/* {Type: {name, key, fields: {field: {base, list, derived, stored, by, many}}}} */
function readRules(graphql, sdl) {
  const document = graphql.parse(sdl);
  const byName = {};
  for (const d of document.definitions) if (d.name) byName[d.name.value] = d;
  const entities = {};
  for (const d of document.definitions) {
    if (d.kind !== 'ObjectTypeDefinition' || !has(d, 'entity')) continue;
    const nodes = [...d.fields];
    if (argument(d, 'entity', 'std') !== false) nodes.push(...byName.Std.fields);
    if (argument(d, 'entity', 'by') !== false) nodes.push(...byName.By.fields);
    const attributes = argument(d, 'entity', 'attributes');
    if (attributes) nodes.push(...byName.Attributes.fields);
    const fields = {};
    for (const f of nodes) {
      const base = baseName(f.type) === 'Attribute' ? attributes : baseName(f.type);
      fields[f.name.value] = {
        name: f.name.value, base, list: isList(f.type), derived: has(f, 'derived'),
        kind: byName[base] ? byName[base].kind : base.endsWith('Connection') ? 'connection' : 'scalar',
        column: argument(f, 'column', 'name'),
        reference: argument(f, 'reference', 'by'),
        many: has(f, 'many') && {by: argument(f, 'many', 'by'), through: argument(f, 'many', 'through'),
          to: argument(f, 'many', 'to')},
        attributes: baseName(f.type) === 'Attribute',
      };
    }
    entities[d.name.value] = {name: d.name.value, fields, key: argument(d, 'entity', 'key') || ['id']};
  }
  return entities;
}

/* ---- values */

function canonicalTime(text) {
  const m = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:?00)?$/.exec(text);
  if (!m) return text;
  const fraction = (m[3] || '').replace(/0+$/, '');
  return `${m[1]}T${m[2]}${fraction ? '.' + fraction : ''}Z`;
}

/* JSON in a string is kept in its canonical form: names in order, no space. */
function canonicalJson(text) {
  const ordered = (v) => (Array.isArray(v) ? v.map(ordered)
    : v && typeof v === 'object' ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, ordered(v[k])])) : v);
  try {
    return JSON.stringify(ordered(JSON.parse(text)));
  } catch (error) {
    return text;
  }
}

function rank(v) {
  return typeof v === 'number' || typeof v === 'boolean' ? 0 : 1;
}

/* The order of two values, numbers before texts, texts by their bytes. */
function compare(a, b) {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (rank(a) === 0) return Number(a) - Number(b);
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function likeExpression(pattern, fold) {
  let out = '';
  const points = [...pattern];
  for (let i = 0; i < points.length; i++) {
    if (points[i] === '%') out += '[^]*';
    else if (points[i] === '_') out += '[^]';
    else {
      if (points[i] === '\\' && i + 1 < points.length) i++;
      out += points[i].replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    }
  }
  return new RegExp(`^${out}$`, fold ? 'iu' : 'u');
}

function trigrams(text) {
  const set = new Set();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || []) {
    const points = [' ', ' ', ...word, ' '];
    for (let i = 0; i + 2 < points.length; i++) set.add(points.slice(i, i + 3).join(''));
  }
  return set;
}

function similarity(a, b) {
  const x = trigrams(a), y = trigrams(b);
  let both = 0;
  for (const t of x) both += y.has(t);
  const all = x.size + y.size - both;
  return all ? both / all : 0;
}

/* ---- the API */

function makeReference(graphql, apiSdl, rulesSdl, records) {
  const schema = graphql.buildSchema(apiSdl);
  const entities = readRules(graphql, rulesSdl);
  const rows = {};
  for (const name of Object.keys(entities)) rows[name] = [];
  for (const record of records) {
    const entity = entities[record.__typename];
    const row = {...record};
    for (const f of Object.values(entity.fields)) {
      if (typeof row[f.name] !== 'string') continue;
      if (f.base === 'DateTime') row[f.name] = canonicalTime(row[f.name]);
      if (f.base === 'JSONString') row[f.name] = canonicalJson(row[f.name]);
    }
    rows[record.__typename].push(row);
  }
  const byKey = (entity) => (a, b) => {
    for (const k of entity.key) {
      const c = compare(a[k], b[k]);
      if (c) return c;
    }
    return 0;
  };
  for (const name of Object.keys(entities)) rows[name].sort(byKey(entities[name]));
  const indexes = new Map();

  function index(type, field) {
    const name = `${type}.${field}`;
    if (!indexes.has(name)) {
      const map = new Map();
      for (const row of rows[type]) {
        const v = row[field];
        if (v === null || v === undefined) continue;
        if (!map.has(String(v))) map.set(String(v), []);
        map.get(String(v)).push(row);
      }
      indexes.set(name, map);
    }
    return indexes.get(name);
  }
  const find = (type, field, value) =>
    value === null || value === undefined ? [] : index(type, field).get(String(value)) || [];

  function connectionTarget(name) {
    const edges = schema.getType(name).getFields().edges.type;
    return graphql.getNamedType(graphql.getNamedType(edges).getFields().node.type).name;
  }

  /* The rows that a relation of a row leads to, in the order of their keys. */
  function related(entity, f, row) {
    const target = f.kind === 'connection' ? connectionTarget(f.base) : f.base;
    if (f.reference) return find(target, entities[target].key[0], row[f.reference]);
    if (f.attributes) return find(target, entities[target].key[0], row[entity.key[0]]);
    if (!f.many) return null;
    const own = ['entityId', 'familyId'].includes(f.many.by) && entity.fields[f.many.by] ? f.many.by : entity.key[0];
    if (!f.many.through) return find(target, f.many.by, row[own]);
    const found = find(f.many.through, f.many.by, row[own])
      .flatMap((j) => find(target, entities[target].key[0], j[f.many.to]));
    return found.sort(byKey(entities[target]));
  }

  function number(text) {
    return typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }

  function leafMatches(f, value, operators) {
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
    const operand = (v) => {
      if (f.base === 'DateTime') return canonicalTime(v);
      if (['Int', 'Float'].includes(f.base)) return number(v);
      if (['String', 'ID'].includes(f.base)) return String(v);
      return v;
    };
    for (const [name, v] of Object.entries(operators)) {
      if (v === null) continue;
      if (name === 'isnull') {
        if ((value === null || value === undefined) !== v) return false;
        continue;
      }
      if (name === 'fuzzyMatch' && (v.value === null || v.value === undefined)) continue;
      if (value === null || value === undefined) return false;
      const same = (a) => rank(a) === rank(value) && compare(value, a) === 0;
      const good = {
        eq: () => same(operand(v)), neq: () => !same(operand(v)),
        in: () => v.some((x) => x !== null && same(operand(x))),
        gt: () => compare(value, operand(v)) > 0, gte: () => compare(value, operand(v)) >= 0,
        lt: () => compare(value, operand(v)) < 0, lte: () => compare(value, operand(v)) <= 0,
        like: () => likeExpression(String(v), false).test(text),
        ilike: () => likeExpression(String(v), true).test(text),
        notlike: () => !likeExpression(String(v), false).test(text),
        notilike: () => !likeExpression(String(v), true).test(text),
        fuzzyMatch: () => similarity(text, String(v.value)) >= (v.similarity === null ? 0.5 : v.similarity),
      }[name]();
      if (!good) return false;
    }
    return true;
  }

  function matches(type, row, filter) {
    if (!filter) return true;
    const entity = entities[type];
    for (const [name, v] of Object.entries(filter)) {
      if (v === null || v === undefined) continue;
      if (name === 'and_' || name === 'or_') {
        const list = v.filter((x) => x !== null);
        if (list.length && !list[name === 'and_' ? 'every' : 'some']((x) => matches(type, row, x))) return false;
        continue;
      }
      const f = entity.fields[name] || Object.values(entity.fields).find((x) => x.column === name);
      const leaf = f.kind === 'scalar' || f.kind === 'EnumTypeDefinition' || f.kind === 'ScalarTypeDefinition';
      if (!leaf) {
        const target = f.kind === 'connection' ? connectionTarget(f.base) : f.base;
        if (!(related(entity, f, row) || []).some((x) => matches(target, x, v))) return false;
      } else if (f.list) {
        for (const [op, x] of Object.entries(v)) {
          const good = op === 'isnull' ? leafMatches(f, row[f.name], {[op]: x})
            : x === null || (row[f.name] || []).some((one) => leafMatches(f, one, {[op]: x}));
          if (!good) return false;
        }
      } else if (!leafMatches(f, row[f.name], v)) return false;
    }
    return true;
  }

  function sortName(name) {
    const snake = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
    return /^[A-Z]/.test(name) ? '_' + snake : snake;
  }

  function sortField(type, value) {
    const descending = value.endsWith('_DESC');
    const wanted = value.replace(/_(ASC|DESC)$/, '');
    const field = Object.keys(entities[type].fields).find((n) => sortName(n) === wanted);
    return {field, descending};
  }

  function sorted(type, list, sort) {
    const terms = (sort || []).filter((s) => s !== null).map((s) => sortField(type, s));
    return [...list].sort((a, b) => {
      for (const {field, descending} of terms) {
        const x = a[field], y = b[field];
        const xn = x === null || x === undefined, yn = y === null || y === undefined;
        if (xn && yn) continue;
        const c = xn ? 1 : yn ? -1 : compare(x, y);
        if (c) return descending ? -c : c;
      }
      return byKey(entities[type])(a, b);
    });
  }

  function distinct(type, list, on) {
    const terms = (on || []).filter((s) => s !== null).map((s) => sortField(type, s).field);
    if (!terms.length) return list;
    const seen = new Set();
    return list.filter((row) => {
      const k = JSON.stringify(terms.map((f) => (row[f] === undefined ? null : row[f])));
      return !seen.has(k) && seen.add(k);
    });
  }

  const cursor = (n) => Buffer.from(`arrayconnection:${n}`).toString('base64');

  function offset(text, name) {
    if (text === null || text === undefined || text === '') return null;
    const m = /^arrayconnection:(\d{1,15})$/.exec(Buffer.from(text, 'base64').toString());
    if (!m) throw new Error(`Argument "${name}" is not a valid cursor.`);
    return Number(m[1]);
  }

  function connection(list, args) {
    for (const name of ['first', 'last'])
      if (args[name] < 0) throw new Error(`Argument "${name}" must be a non-negative integer.`);
    const before = offset(args.before, 'before'), after = offset(args.after, 'after');
    const lower = after === null ? 0 : after + 1;
    let end = before === null ? list.length : Math.min(before, list.length);
    if (args.first !== null && args.first !== undefined) end = Math.min(end, lower + args.first);
    end = Math.max(end, lower);
    let start = lower;
    if (args.last !== null && args.last !== undefined) start = Math.max(start, Math.min(end, Math.max(list.length, lower)) - args.last);
    const page = list.slice(start, end);
    const sum = (name) => {
      const values = list.map((r) => r[name]).filter((v) => v !== null && v !== undefined);
      return values.length ? values.reduce((a, b) => a + b, 0) : null;
    };
    return {
      pageInfo: {
        hasNextPage: end < list.length, hasPreviousPage: start > 0,
        startCursor: page.length ? cursor(start) : null,
        endCursor: page.length ? cursor(start + page.length - 1) : null,
        count: page.length, totalCount: list.length,
      },
      edges: page.map((node, i) => ({node, cursor: cursor(start + i)})),
      aggregates: {count: list.length, sum: {quantity: sum('quantity'), quantityAvailable: sum('quantityAvailable')}},
    };
  }

  function countOf(entity, name) {
    const f = Object.values(entity.fields).find(
      (x) => x.list && `_${x.name[0].toUpperCase()}${x.name.slice(1)}Count` === name);
    return (row) => {
      const found = related(entity, f, row);
      return found ? found.length : Array.isArray(row[f.name]) ? row[f.name].length : null;
    };
  }

  for (const [name, entity] of Object.entries(entities)) {
    const type = schema.getType(name);
    if (!type) continue;
    for (const field of Object.values(type.getFields())) {
      const f = entity.fields[field.name];
      if (!f) {
        field.resolve = countOf(entity, field.name);
        continue;
      }
      field.resolve = (row, args) => {
        const found = related(entity, f, row);
        if (!found) return row[f.name] === undefined ? null : row[f.name];
        const target = f.kind === 'connection' ? connectionTarget(f.base) : f.base;
        const list = found.filter((x) => matches(target, x, args.filters));
        if (f.kind === 'connection') return connection(sorted(target, list, args.sort), args);
        return f.list ? list : list[0] || null;
      };
    }
  }
  for (const field of Object.values(schema.getQueryType().getFields())) {
    const named = graphql.getNamedType(field.type).name;
    if (named.endsWith('Connection')) {
      const target = connectionTarget(named);
      field.resolve = (_, args) => {
        const list = rows[target].filter((x) => matches(target, x, args.filters));
        return connection(distinct(target, sorted(target, list, args.sort), args.distinctOn), args);
      };
    } else if (field.args.length) {
      field.resolve = (_, args) => {
        const row = find(named, entities[named].key[0], args.id)[0];
        if (!row)
          throw new graphql.GraphQLError(`${named} not found.`, {extensions: {code: 'NOT_FOUND'}});
        return row;
      };
    } else {
      field.resolve = (_, __, context) => find(named, 'id', context.user)[0] || null;
    }
  }

  function run(body, user) {
    let document;
    try {
      document = graphql.parse(body.query);
    } catch (error) {
      return {errors: [error]};
    }
    const errors = graphql.validate(schema, document);
    if (errors.length) return {errors};
    return graphql.execute({schema, document, variableValues: body.variables, contextValue: {user},
      operationName: body.operationName});
  }
  return {schema, entities, rows, run};
}

module.exports = {makeReference};
