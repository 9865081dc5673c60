// node scrub.js FILE EMAIL PHONE: two regexes over the string values of NDJSON, to
// standard output.
const { closeSync, openSync, readSync, writeSync } = require('node:fs');

const [file, email, phone] = process.argv.slice(2);
const emails = new RegExp(email, 'g'), phones = new RegExp(phone, 'g');

const scrub = (key, value) => typeof value === 'string'
  ? value.replace(emails, 'EMAIL').replace(phones, 'PHONE') : value;

function write(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;)
    at += writeSync(1, bytes, at);
}

const input = openSync(file, 'r'), block = Buffer.alloc(1 << 20);
let rest = Buffer.alloc(0);
for (let n; (n = readSync(input, block)) > 0;) {
  const text = Buffer.concat([rest, block.subarray(0, n)]);
  const end = text.lastIndexOf(10) + 1;
  rest = Buffer.from(text.subarray(end));
  let out = '';
  for (const line of text.toString('utf8', 0, end).split('\n'))
    if (line)
      out += JSON.stringify(JSON.parse(line, scrub)) + '\n';
  write(out);
}
if (rest.length)
  write(JSON.stringify(JSON.parse(rest.toString(), scrub)) + '\n');
closeSync(input);
