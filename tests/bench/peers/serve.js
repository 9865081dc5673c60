// The peer of serve.py: graphql-http on node's own server. Prints its port.
//   node serve.js FOLDER      a folder with node_modules
'use strict'
const http = require('http')
const load = name => require(require.resolve(name, { paths: [process.argv[2]] }))
const { buildSchema } = load('graphql')
const { createHandler } = load('graphql-http/lib/use/http')
const schema = buildSchema('type Query { part(id: ID!): String }')
const server = http.createServer(createHandler({ schema }))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
