// Prints the size of the built site, and fails when a part of it is over its budget.
// Usage: node xtask/sizes.mjs dist
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** KiB after brotli, which is what a visitor downloads. */
const budgets = { wasm: 820, JavaScript: 15, CSS: 22 };
const kinds = { ".wasm": "wasm", ".js": "JavaScript", ".css": "CSS", ".html": "HTML" };

const folder = process.argv[2];
// The lab, which reads traces, is fetched when the first file is opened.
const names = [...Object.values(kinds), "other", "first load", "lab"];
const sizes = Object.fromEntries(names.map((name) => [name, { raw: 0, gzip: 0, brotli: 0 }]));

for (const name of readdirSync(folder)) {
  const bytes = readFileSync(join(folder, name));
  const size = {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
  const counted = name.startsWith("lab") ? ["lab"] : [kinds[extname(name)] ?? "other", "first load"];
  for (const kind of counted) for (const measure in size) sizes[kind][measure] += size[measure];
}

const columns = (...texts) => texts.map((text) => String(text).padStart(9)).join("");
const kib = (bytes) => (bytes / 1024).toFixed(1);
console.log(`${"KiB".padEnd(12)}${columns("raw", "gzip", "brotli", "budget")}`);
for (const [kind, { raw, gzip, brotli }] of Object.entries(sizes)) {
  console.log(`${kind.padEnd(12)}${columns(kib(raw), kib(gzip), kib(brotli), budgets[kind] ?? "")}`);
}

for (const [kind, budget] of Object.entries(budgets)) {
  if (sizes[kind].brotli > budget * 1024) {
    console.error(`The ${kind} is ${kib(sizes[kind].brotli)} KiB after brotli: its budget is ${budget} KiB.`);
    process.exitCode = 1;
  }
}
