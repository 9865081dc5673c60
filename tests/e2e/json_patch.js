// json_patch.js MODULES LEFT LINES: applies the RFC 6902 lines of a diff to the records of
// LEFT with fast-json-patch and prints what comes out, an NDJSON record a line. Guards are
// checked: a test that fails ends the program.
const fs = require("fs");
const path = require("path");

const [modules, left, lines] = process.argv.slice(2);
const { applyPatch } = require(path.join(modules, "fast-json-patch"));
const read = (file) => fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const place = (entity, key) => JSON.stringify([entity, key]);

const tenant = new Map(read(left).map((record) => [place(record.__typename, [record.id]), record]));
let patched = 0;
for (const line of read(lines)) {
    const at = place(line.entity, line.key);
    if (line.class === "removed") {
        if (!tenant.delete(at)) throw new Error("a removed record was not there");
    } else if (line.class === "added") {
        if (tenant.has(at)) throw new Error("an added record is there");
        tenant.set(at, { __typename: line.entity, ...line.value });
    } else {
        tenant.set(at, applyPatch(tenant.get(at), line.patch, true).newDocument);
        patched++;
    }
}
for (const record of tenant.values()) console.log(JSON.stringify(record));
console.error(patched);
