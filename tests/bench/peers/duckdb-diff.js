// node duckdb-diff.js LEFT RIGHT: lines of two files of NDJSON joined by DuckDB on type and
// id, on all CPUs; prints how many were added, removed and changed. NODE_PATH says where
// @duckdb/node-api is.
const { DuckDBInstance } = require('@duckdb/node-api');

const quoted = (s) => `'${s.replaceAll("'", "''")}'`;
// A line is one column: its separator is a byte that no JSON holds.
const lines = (file) => `
  (SELECT line, json_extract_string(line, '$.__typename') AS type, json_extract_string(line, '$.id') AS id
     FROM read_csv(${quoted(file)}, delim = '\x01', header = false, quote = '', escape = '',
                   columns = {'line': 'VARCHAR'}, max_line_size = 16777216))`;

(async () => {
  const [left, right] = process.argv.slice(2);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const read = await connection.runAndReadAll(`
    WITH l AS (SELECT * FROM ${lines(left)} EXCEPT SELECT * FROM ${lines(right)}),
         r AS (SELECT * FROM ${lines(right)} EXCEPT SELECT * FROM ${lines(left)})
    SELECT count(*) FILTER (l.line IS NULL), count(*) FILTER (r.line IS NULL),
           count(*) FILTER (l.line IS NOT NULL AND r.line IS NOT NULL)
      FROM l FULL JOIN r ON l.type = r.type AND l.id = r.id`);
  console.log(JSON.stringify(read.getRows()[0].map(Number)));
})();
