// Public GraphQL clients against a running sandbox. Prints TAP.
//
//   node clients.js MODULES READY.json SPEC.json DOCUMENTS
//
// MODULES is a node_modules folder, READY.json and SPEC.json are the readiness lines of two
// servers over the same tenant (--http ion and --http spec), DOCUMENTS is a scratch folder.
'use strict'
const fs = require('fs')
const path = require('path')
const [modules, readyFile, specFile, scratch] = process.argv.slice(2)
const load = name => require(require.resolve(name, { paths: [path.dirname(modules)] }))
const ready = JSON.parse(fs.readFileSync(readyFile, 'utf8'))
const spec = JSON.parse(fs.readFileSync(specFile, 'utf8'))
let count = 0
let failed = 0

async function check(what, body) {
  let why
  try {
    why = await body()
  } catch (error) {
    why = error
  }
  count++
  const bad = why !== undefined && why !== true
  failed += bad
  console.log(`${bad ? 'not ok' : 'ok'} ${count} - ${what}`)
  if (bad) {
    const text = why instanceof Error ? why.stack : JSON.stringify(why)
    for (const line of text.split('\n').slice(0, 20)) console.log(`# ${line}`)
  }
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b) || { got: a, wanted: b }
const PARTS = `query Parts($n: Int, $after: String) {
  parts(first: $n, after: $after, sort: [ID_ASC]) {
    edges { cursor node { id partNumber revision _etag } }
    pageInfo { hasNextPage endCursor count totalCount }
  }
}`

async function post(server, body, headers = {}) {
  const answer = await fetch(server.graphql, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${server.access_token}`, ...headers },
    body: JSON.stringify(body),
  })
  return answer.json()
}

// What ION mode answers otherwise, on purpose: every GraphQL error is 200 application/json.
async function audits() {
  const { serverAudits } = load('graphql-http')
  const authorised = server => (url, init = {}) =>
    fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), Authorization: `Bearer ${server.access_token}` } })
  for (const audit of serverAudits({ url: spec.graphql, fetchFn: authorised(spec) })) {
    await check(`graphql-http ${audit.id}: ${audit.name}`, async () => {
      const result = await audit.fn()
      return result.status === 'ok' || { status: result.status, reason: result.reason }
    })
  }
  const otherwise = []
  for (const audit of serverAudits({ url: ready.graphql, fetchFn: authorised(ready) })) {
    const result = await audit.fn()
    if (result.status !== 'ok') otherwise.push(`${audit.id} (${result.status}) ${audit.name}`)
  }
  console.log(`# --http ion answers ${otherwise.length} audits otherwise:`)
  for (const line of otherwise) console.log(`#   ${line}`)
  await check('no audit that MUST hold is broken by --http ion but those of status codes', async () => {
    const bad = otherwise.filter(l => l.includes('(error)') && !/status|4[0-9][0-9]/i.test(l))
    return bad.length === 0 || bad
  })
}

async function main() {
  const { getIntrospectionQuery, buildClientSchema, validateSchema, printSchema } = load('graphql')
  let introspection
  await check('buildClientSchema takes the introspection result, validateSchema finds nothing', async () => {
    introspection = await post(ready, { query: getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true }) })
    const schema = buildClientSchema(introspection.data)
    const errors = validateSchema(schema)
    fs.writeFileSync(path.join(scratch, 'introspected.graphql'), printSchema(schema))
    return errors.length === 0 || errors.map(e => e.message)
  })

  let first
  await check('graphql-request pages through a list', async () => {
    const { GraphQLClient } = load('graphql-request')
    const client = new GraphQLClient(ready.graphql, { headers: { Authorization: ready.access_token } })
    const seen = []
    let after = ''
    for (;;) {
      const { parts } = await client.request(PARTS, { n: 50, after })
      first = first || parts
      seen.push(...parts.edges.map(e => e.node.id))
      if (!parts.pageInfo.hasNextPage) return same(seen.length, parts.pageInfo.totalCount)
      after = parts.pageInfo.endCursor
    }
  })

  await check('Apollo Client reads a list and has it in its cache', async () => {
    const { ApolloClient, InMemoryCache, HttpLink, gql } = load('@apollo/client/core')
    const link = new HttpLink({ uri: ready.graphql, fetch, headers: { authorization: `Token ${ready.access_token}` } })
    const client = new ApolloClient({ link, cache: new InMemoryCache() })
    const variables = { n: 50, after: '' }
    const { data } = await client.query({ query: gql(PARTS), variables })
    const cached = client.readQuery({ query: gql(PARTS), variables })
    client.stop()
    return same(data.parts.edges.map(e => e.node.id), first.edges.map(e => e.node.id)) &&
      same(cached.parts.edges.length, data.parts.edges.length)
  })

  await check('openid-client discovers the issuer, gets a token, and the token reads', async () => {
    const { Issuer } = load('openid-client')
    const issuer = await Issuer.discover(ready.issuer)
    const client = new issuer.Client({ client_id: ready.client_id, client_secret: ready.client_secret })
    const tokens = await client.grant({ grant_type: 'client_credentials' })
    const answer = await post(ready, { query: '{ parts(first: 1) { edges { node { id } } } }' },
      { Authorization: `Bearer ${tokens.access_token}` })
    return same(answer.data.parts.edges[0].node.id !== undefined, true)
  })

  await check('GraphQL code generator makes types of the schema and of an operation', async () => {
    const { generate } = load('@graphql-codegen/cli')
    fs.writeFileSync(path.join(scratch, 'schema.json'), JSON.stringify(introspection.data))
    fs.writeFileSync(path.join(scratch, 'parts.graphql'), PARTS)
    const plugin = name => path.join(modules, '@graphql-codegen', name)
    const files = await generate({
      schema: path.join(scratch, 'schema.json'), documents: path.join(scratch, 'parts.graphql'), silent: true,
      generates: { [path.join(scratch, 'types.ts')]: { plugins: [plugin('typescript'), plugin('typescript-operations')] } },
    }, false)
    const text = files[0].content
    return (/export type PartsQuery = /.test(text) && /export type Part = /.test(text)) || text.slice(0, 500)
  })

  await check('newman runs a collection: token, then a read with it', () => new Promise((resolve, reject) => {
    const script = (listen, ...exec) => [{ listen, script: { exec } }]
    const header = (key, value) => ({ key, value })
    const collection = {
      info: { name: 'sandbox', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
      item: [{
        name: 'token',
        request: {
          method: 'POST', url: `${ready.issuer}/protocol/openid-connect/token`,
          body: { mode: 'urlencoded', urlencoded: [header('grant_type', 'client_credentials'), header('client_id', ready.client_id),
            header('client_secret', ready.client_secret), header('audience', ready.base_url)] },
        },
        event: script('test', 'pm.test("200", () => pm.response.to.have.status(200));',
          'pm.collectionVariables.set("token", pm.response.json().access_token);'),
      }, {
        name: 'read',
        request: {
          method: 'POST', url: ready.graphql, header: [header('Authorization', 'Bearer {{token}}'), header('Content-Type', 'application/json')],
          body: { mode: 'raw', raw: JSON.stringify({ query: '{ parts(first: 5) { edges { node { id } } } }' }) },
        },
        event: script('test', 'pm.test("five", () => pm.expect(pm.response.json().data.parts.edges.length).to.equal(5));'),
      }],
    }
    load('newman').run({ collection, reporters: [] }, (error, summary) => {
      if (error) return reject(error)
      resolve(summary.run.failures.length === 0 && summary.run.stats.assertions.total === 2
        ? true : summary.run.failures.map(f => f.error.message))
    })
  }))

  await audits()
  console.log(`1..${count}`)
  process.exit(failed ? 1 : 0)
}

main().catch(error => {
  console.log(`Bail out! ${error}`)
  process.exit(1)
})
