// Three lines of JavaScript that read a tenant: sandcast serve tenant.zip -- node samples/read.mjs
const query = '{ parts(first: 3) { edges { node { id partNumber revision } } } }'
const answer = await fetch(process.env.ION_API_URI, { method: 'POST', headers: { Authorization: process.env.ION_TOKEN, 'Content-Type': 'application/json' }, body: JSON.stringify({ query }) })
console.log((await answer.json()).data.parts.edges)
