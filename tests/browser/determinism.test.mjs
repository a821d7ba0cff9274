// The page's engine gives the very log that the native build gives: both are held to one golden file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, shutDown } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const data = new URL("../support/data/", import.meta.url);

/** The rows of tests/support/data/hashes.tsv. The file has to be there: without it nothing is compared. */
function golden() {
  const lines = readFileSync(new URL("hashes.tsv", data), "utf8").split(/\r?\n/);
  const rows = lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split("\t"));
  return rows.filter(([, hash]) => /^[0-9a-f]{16}$/.test(hash));
}

const read = (file) => JSON.parse(readFileSync(new URL(`scenarios/${file}.json`, data), "utf8"));

/** Puts a value at a place, given as a JSON pointer, whose parent is there. */
function set(input, pointer, value) {
  const path = pointer.slice(1).split("/");
  const field = path.pop();
  path.reduce((inside, name) => inside[name], input)[field] = value;
}

/** The scenario of a row, made as tests/support/src/golden.rs makes it. */
function scenarioOf(name) {
  const [kind, policy, readPath, writePath] = name.split("/");
  if (kind === name && !(name in variants)) {
    return read(name);
  }
  const input = read("matrix");
  const [lane] = input.lanes;
  if (kind === "matrix") {
    lane.cache.policy = policy;
    Object.assign(lane.strategy, { read: readPath, write: writePath });
  } else {
    Object.entries(variants[name]).forEach(([pointer, value]) => set(input, pointer, value));
  }
  return input;
}

const variants = read("variants");

test("the opening scene and every golden scenario give the same log as natively", async () => {
  const rows = golden();
  assert.ok(rows.some(([name]) => name === "opening"), "the file has the opening scene");
  assert.ok(rows.length > 300, `${rows.length} rows`);
  const page = await openPage({ reducedMotion: "reduce" });
  const opening = await api(page, "scenario");
  for (const [name, hash] of rows) {
    await api(page, "load", name === "opening" ? opening : scenarioOf(name));
    assert.equal(await api(page, "logHash"), hash, name);
  }
  page.assertQuiet();
});

test("another seed is another log, and the same seed the same", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const opening = await api(page, "scenario");
  const logOf = async (seed) => {
    await api(page, "load", { ...opening, seed });
    return api(page, "logHash");
  };
  const seeds = ["0", "7", "8", "18446744073709551615"];
  const logs = [];
  for (const seed of [...seeds, ...seeds]) {
    logs.push(await logOf(seed));
  }
  assert.equal(new Set(logs).size, seeds.length);
  assert.deepEqual(logs.slice(seeds.length), logs.slice(0, seeds.length));
  page.assertQuiet();
});
