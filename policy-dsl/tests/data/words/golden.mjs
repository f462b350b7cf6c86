// Writes golden.tsv: every message of locales/ that has places, and every denial, filled by intl-messageformat.
// Run in this folder after `npm install intl-messageformat`; the tests need neither. A line is: language, key,
// arguments (`name=text` or `name#number`, with `;` between them), text.
import { readFileSync, writeFileSync } from "node:fs";
import { IntlMessageFormat } from "intl-messageformat";

const NUMBERS = [0, 1, 2, 1200, 1234567];
const COUNTED = new Set(["n", "m", "h", "day", "month", "percent"]);
const lines = [];
for (const lang of ["ko", "en", "zh"]) {
  const file = new URL(`../../../../locales/${lang}.json`, import.meta.url);
  for (const [key, text] of Object.entries(JSON.parse(readFileSync(file, "utf8")))) {
    const message = new IntlMessageFormat(text, lang);
    const values = new Map();
    collect(message.getAst(), values);
    if (values.size === 0 && !key.startsWith("denial.")) continue;
    const rounds = Math.max(1, ...[...values.values()].map((all) => all.length));
    for (let round = 0; round < rounds; round++) {
      const args = [...values].map(([name, all]) => [name, all[round % all.length]]);
      const shown = args.map(([name, v]) => (typeof v === "number" ? `${name}#${v}` : `${name}=${v}`));
      lines.push([lang, key, shown.join(";"), message.format(Object.fromEntries(args))].join("\t"));
    }
  }
}
writeFileSync("golden.tsv", lines.join("\n") + "\n");

// Types of the syntax tree: 0 text, 1 plain, 2 number, 5 select, 6 plural, 7 the number of a plural.
function collect(ast, values) {
  for (const node of ast) {
    if (node.type === 0 || node.type === 7) continue;
    const known = values.get(node.value) ?? [];
    if (node.type === 2 || node.type === 6) values.set(node.value, NUMBERS);
    else if (node.type === 5) values.set(node.value, Object.keys(node.options));
    else if (node.type === 1 && known.length === 0) {
      values.set(node.value, COUNTED.has(node.value) ? [1, 1200] : [`‹${node.value}›`]);
    } else if (node.type !== 1) throw new Error(`type ${node.type} is not of the subset`);
    for (const option of Object.values(node.options ?? {})) collect(option.value, values);
  }
}
