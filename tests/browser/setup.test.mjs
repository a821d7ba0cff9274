// Changing the scenario: every kind of field in the set-up, undo and redo, scenes, faults by a click.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import {
  api,
  closePages,
  openPage,
  scenesButton,
  seek,
  shutDown,
  standing,
  stepOf,
  untilDrawn,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const button = (page, name) => page.getByRole("button", { name, exact: true });
const status = (page) => page.locator(".say [role=status]");
const panel = (page) => page.locator("#set-up");

/** Opens the panel at one of its groups. */
async function open(page, group) {
  if ((await panel(page).count()) === 0) {
    await button(page, "Set-up").click();
  }
  await panel(page).getByRole("button", { name: group, exact: true }).click();
}

const field = (page, name) => panel(page).getByLabel(name, { exact: true });

/** Types a value into a field and commits it by Enter. */
async function type(page, name, value) {
  await field(page, name).fill(value);
  await field(page, name).press("Enter");
}

/** The value at a JSON pointer of the scenario in force. */
async function inForce(page, pointer) {
  const scenario = await api(page, "scenario");
  return pointer.split("/").slice(1).reduce((at, part) => at[part], scenario);
}

const generated = {
  seed: "3",
  workload: { generated: { requests: 40, keys: 12, clients: 2, gap: { exponential_mean_us: 3000 } } },
  lanes: [
    { strategy: { read: "cache-aside", write: "write-around", ttl_us: 1_000_000 } },
    { strategy: { read: "cache-aside", write: "write-through" } },
  ],
};

test("a sample of every kind of field takes effect at once", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await api(page, "load", generated);
  await seek(page, 30);
  const at = (await api(page, "frame")).at_us;
  // Group, name, what is done, where it has to be, and what.
  const changes = [
    ["Cache", "Capacity of lane A", "7", "/lanes/0/cache/capacity", 7],
    ["Cache", "Sample of lane A", "9", "/lanes/0/cache/samples", 9],
    ["Database", "Connections of lane A", "2", "/lanes/0/database/connections", 2],
    ["Network", "Time-out of lane A", "1.5 s", "/lanes/0/network/timeout_us", 1_500_000],
    ["Network", "Round trip to the cache of lane A (p50)", "200us", "/lanes/0/network/cache/p50_us", 200],
    ["Strategy", "TTL of lane A", "4 min 30 s", "/lanes/0/strategy/ttl_us", 270_000_000],
    ["Strategy", "Name of lane A", "Mine", "/lanes/0/name", "Mine"],
    ["Scene", "Title", "Another", "/title", "Another"],
    ["Scene", "Seed", "11", "/seed", "11"],
    ["Traffic", "Share of reads", "87.5", "/workload/generated/read_per_mille", 875],
    ["Traffic", "Popularity (α)", "1.2", "/workload/generated/popularity/zipf/alpha_milli", 1200],
    ["Traffic", "Number of keys", "20", "/workload/generated/keys", 20],
    ["Traffic", "Size of values (size)", "256", "/workload/generated/value_bytes/fixed_bytes", 256],
  ];
  for (const [group, name, typed, pointer, value] of changes) {
    await open(page, group);
    const to = panel(page).locator("input:not([type=checkbox])").and(field(page, name));
    await to.fill(typed);
    await to.press("Enter");
    assert.equal(await inForce(page, pointer), value, name);
  }
  const frame = await api(page, "frame");
  assert.equal(frame.lanes[0].cache.capacity, 7);
  assert.equal(frame.lanes[0].database.connections, 2);
  assert.equal(frame.lanes[0].name, "Mine");
  assert.ok(frame.at_us <= at, "the run keeps its place");

  const choices = [
    ["Cache", "Policy of lane A", "SIEVE", "/lanes/0/cache/policy", "sieve"],
    ["Cache", "What may be evicted of lane A", "Only entries with a TTL", "/lanes/0/cache/scope", "volatile"],
    ["Cache", "maxmemory-policy of lane A", "allkeys-lfu", "/lanes/0/cache/policy", "valkey-lfu"],
    ["Strategy", "Write path of lane A", "Database, then delete", "/lanes/0/strategy/write", "invalidate"],
    ["Strategy", "TTL on writes of lane A", "Keep it", "/lanes/0/strategy/write_ttl", "keep"],
    ["Traffic", "Popularity", "Uniform", "/workload/generated/popularity", "uniform"],
  ];
  for (const [group, name, chosen, pointer, value] of choices) {
    await open(page, group);
    await field(page, name).selectOption(chosen);
    assert.deepEqual(await inForce(page, pointer), value, name);
  }
  assert.equal(await inForce(page, "/lanes/0/cache/scope"), "allkeys");
  assert.equal((await api(page, "frame")).lanes[0].cache.policy, "valkey-lfu");

  await open(page, "Database");
  await field(page, "Read time of lane A").selectOption("Exponential");
  await type(page, "Read time of lane A (mean)", "2.5 ms");
  assert.deepEqual(await inForce(page, "/lanes/0/database/read"), { exponential_mean_us: 2500 });

  await open(page, "Strategy");
  const lease = panel(page).getByRole("switch", { name: "Lease of lane A", exact: true });
  await lease.check();
  assert.equal(await inForce(page, "/lanes/0/strategy/defences/lease_us"), 10_000_000);
  await panel(page).getByRole("textbox", { name: "Lease of lane A", exact: true }).fill("2 s");
  await panel(page).getByRole("textbox", { name: "Lease of lane A", exact: true }).press("Enter");
  assert.equal(await inForce(page, "/lanes/0/strategy/defences/lease_us"), 2_000_000);
  await lease.uncheck();
  assert.equal(await inForce(page, "/lanes/0/strategy/defences/lease_us"), null);
  await field(page, "Single flight of lane A").check();
  assert.equal(await inForce(page, "/lanes/0/strategy/defences/single_flight"), true);
  assert.equal(await inForce(page, "/lanes/1/strategy/defences/single_flight"), false);
  page.assertQuiet();
});

test("one lane is changed, or all of them alike", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await button(page, "Lane B: all inputs, duplicate, remove").click();
  await page.locator("#lane-menu-B").getByRole("button", { name: "All inputs" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Strategy");
  await open(page, "Cache");
  await type(page, "Capacity of lane B", "6");
  assert.deepEqual([await inForce(page, "/lanes/0/cache/capacity"), await inForce(page, "/lanes/1/cache/capacity")], [4, 6]);
  await button(page, "All lanes").click();
  await panel(page).getByText("The lanes differ: A 4 entries, B 6 entries.").waitFor();
  await type(page, "Capacity of all lanes", "3");
  assert.deepEqual((await api(page, "frame")).lanes.map(({ cache }) => cache.capacity), [3, 3]);
  await status(page).getByText("Capacity of all lanes is 3 entries now.").waitFor();
  page.assertQuiet();
});

test("what is refused says why, stays until it is mended or left, and changes nothing", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 12);
  await open(page, "Cache");
  const before = await standing(page);
  const why = panel(page).getByRole("alert");
  const refused = [
    ["Cache", "Capacity of lane A", "0", "Capacity of lane A must be from 1 to 1000000, but is 0."],
    ["Cache", "Valkey LFU decay time of lane A", "soon", "“soon” is not a duration".replaceAll(/[“”]/g, '"')],
    ["Network", "Time-out of lane A", "2 min", "Here that is 1 µs to 60 s."],
    ["Scene", "Seed", "seven", "seed must be a whole number from 0 to 18446744073709551615"],
    ["Traffic", "Key of request 3", "two words", "must be a key of 1 to 250 bytes"],
  ];
  for (const [group, name, typed, sentence] of refused) {
    await open(page, group);
    const kept = await field(page, name).inputValue();
    await type(page, name, typed);
    await why.getByText(sentence).waitFor();
    assert.equal(await field(page, name).inputValue(), typed);
    assert.equal(await field(page, name).getAttribute("aria-invalid"), "true");
    await field(page, name).blur();
    await why.waitFor({ state: "detached" });
    assert.equal(await field(page, name).inputValue(), kept);
  }
  assert.deepEqual(await standing(page), before);

  // Left by Tab with something wrong: the reason stays to be read, and goes when it is left once more.
  await open(page, "Cache");
  await field(page, "Capacity of lane A").fill("0");
  await page.keyboard.press("Tab");
  await why.waitFor();
  await field(page, "Capacity of lane A").focus();
  await field(page, "Capacity of lane A").fill("5");
  await page.keyboard.press("Enter");
  await why.waitFor({ state: "detached" });
  assert.equal(await inForce(page, "/lanes/0/cache/capacity"), 5);

  await open(page, "Strategy");
  await panel(page).getByRole("button", { name: "Lane B", exact: true }).click();
  await field(page, "Read path of lane B").selectOption("No cache");
  await field(page, "Write path of lane B").focus();
  await field(page, "Write path of lane B").selectOption("Database and cache");
  await why.getByText("Write path of lane B must be \"write-around\" when reads use no cache").waitFor();
  await field(page, "Write path of lane B").blur();
  await why.waitFor({ state: "detached" });
  assert.equal(await field(page, "Write path of lane B").inputValue(), "Database only");
  page.assertQuiet();
});

test("the requests are edited one by one, and made of each other", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await open(page, "Traffic");
  await type(page, "Key of request 2", "user:9");
  await field(page, "What of request 2").selectOption("write");
  const second = await inForce(page, "/workload/script/1");
  assert.deepEqual([second.key, second.op], ["user:9", "write"]);
  // Later than others: it goes to its place.
  await type(page, "At of request 1", "65 s");
  const times = (await inForce(page, "/workload/script")).map(({ at_us }) => at_us / 1e6);
  assert.deepEqual(times.slice(0, 8), [10, 20, 30, 40, 50, 60, 65, 70]);
  await button(page, "Add a request").click();
  assert.equal((await inForce(page, "/workload/script")).length, 14);
  await button(page, "Remove request 14").click();
  assert.equal((await inForce(page, "/workload/script")).length, 13);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Add a request");

  await field(page, "Requests").selectOption("Generated");
  assert.equal(await inForce(page, "/workload/generated/requests"), 13);
  await type(page, "Number of requests", "30");
  await field(page, "Requests").selectOption("List of requests");
  assert.equal((await inForce(page, "/workload/script")).length, 30);
  await button(page, "Later").click();
  await panel(page).getByText("21 to 30 of 30").waitFor();
  await field(page, "Use the traffic of").selectOption("Rate limiter");
  assert.equal(await inForce(page, "/workload/generated/key_prefix"), "caller:");
  page.assertQuiet();
});

test("undo and redo by button and by key restore the state", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 20);
  const states = [[await api(page, "stateHash"), await stepOf(page)]];
  const note = async () => states.push([await api(page, "stateHash"), await stepOf(page)]);
  await button(page, "Undo: nothing to undo").click({ force: true });
  await open(page, "Cache");
  await type(page, "Capacity of lane A", "2");
  await note();
  await field(page, "Policy of lane A").selectOption("FIFO");
  await note();
  await open(page, "Faults");
  await panel(page).getByRole("button", { name: /^Restart the cache/ }).click();
  await note();
  await scenesButton(page).click();
  await page.getByRole("button", { name: /^Leaderboard/ }).click();
  await untilDrawn(page, 0);
  await note();

  const back = async (undo) => {
    for (const state of states.slice(0, -1).toReversed()) {
      await undo();
      assert.deepEqual([await api(page, "stateHash"), await stepOf(page)], state);
    }
  };
  const forth = async (redo) => {
    for (const state of states.slice(1)) {
      await redo();
      assert.deepEqual([await api(page, "stateHash"), await stepOf(page)], state);
    }
  };
  await back(() => page.getByRole("button", { name: /^Undo: / }).click());
  await status(page).getByText("Undone: capacity of lane A back to 4 entries.").waitFor();
  const shown = async () => [
    await page.getByRole("combobox", { name: "Eviction policy of lane A" }).inputValue(),
    await page.getByLabel("Capacity of lane A, in entries").inputValue(),
  ];
  assert.deepEqual(await shown(), ["LRU", "4"], "the chips follow");
  await open(page, "Cache");
  assert.equal(await field(page, "Policy of lane A").inputValue(), "LRU");
  await button(page, "Redo: capacity of lane A").waitFor();
  await forth(() => page.getByRole("button", { name: /^Redo: / }).click());
  await page.locator(".bar-top h1").click();
  await back(() => page.keyboard.press("Control+z"));
  await forth(() => page.keyboard.press("Control+Shift+Z"));
  await back(() => page.keyboard.press("Meta+z"));
  assert.equal((await api(page, "scenario")).lanes[0].cache.capacity, 4);
  page.assertQuiet();
});

test("while something is typed, the keys undo the typing", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await open(page, "Scene");
  await type(page, "Title", "One");
  await field(page, "Title").click();
  await page.keyboard.press("End");
  await page.keyboard.type(" two");
  await page.keyboard.press("Control+z");
  assert.equal(await inForce(page, "/title"), "One", "the scenario stays");
  assert.doesNotMatch(await field(page, "Title").inputValue(), /two/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  assert.equal(await inForce(page, "/title"), "Cache-aside or write-through?");
  await page.waitForFunction(() => document.activeElement.value === "Cache-aside or write-through?");
  page.assertQuiet();
});

test("the menu of scenes says what each is, which is open, and starts it over", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const over = page.getByRole("button", { name: /^Start this scene over/ });
  await scenesButton(page).click();
  const items = await page.locator("#scenes button").evaluateAll((items) =>
    items.map((item) => [item.firstChild.textContent, document.getElementById(item.getAttribute("aria-describedby")).textContent.length > 20, item.ariaCurrent]));
  assert.ok(items.length > 20);
  assert.ok(items.every(([, told]) => told));
  assert.deepEqual(items.filter(([, , present]) => present === "true").map(([name]) => name), ["Cache-aside or write-through?"]);
  await page.getByRole("button", { name: /^Session store/ }).click();
  await page.locator("#scenes [aria-current=true]", { hasText: "Session store" }).waitFor({ state: "attached" });
  const loaded = await api(page, "scenario");
  await open(page, "Network");
  await type(page, "Time-out of lane A", "2 s");
  await scenesButton(page).click();
  await over.click();
  assert.deepEqual(await api(page, "scenario"), loaded);
  await over.waitFor({ state: "detached" });
  page.assertQuiet();
});

test("a lane that does without a cache gets writes that do, and is told so", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await open(page, "Strategy");
  await panel(page).getByRole("button", { name: "Lane B", exact: true }).click();
  await field(page, "Read path of lane B").selectOption("No cache");
  await status(page).getByText("Read path of lane B is No cache now, so its writes go to the database only.").waitFor();
  assert.deepEqual((await inForce(page, "/lanes/1/strategy/write")), "write-around");
  assert.equal(await panel(page).locator(".why").count(), 0);
  await page.keyboard.press("Control+z");
  await page.waitForFunction(() => cachePlayground.scenario().lanes[1].strategy.write === "write-through");
  page.assertQuiet();
});

test("a lane that does without a database gets both paths, and leaves with both", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await open(page, "Strategy");
  await panel(page).getByRole("button", { name: "Lane B", exact: true }).click();
  await field(page, "Write path of lane B").selectOption("Cache only");
  await status(page).getByText("Write path of lane B is Cache only now, so its reads use the cache only.").waitFor();
  assert.deepEqual(await inForce(page, "/lanes/1/strategy/read"), "cache-only");
  await page.locator(".lane").nth(1).getByText("No database:").waitFor();
  await field(page, "Read path of lane B").selectOption("Cache-aside");
  await status(page).getByText("Read path of lane B is Cache-aside now, so its writes go to the database only.").waitFor();
  assert.deepEqual(await inForce(page, "/lanes/1/strategy/write"), "write-around");
  assert.equal(await panel(page).locator(".why").count(), 0);
  page.assertQuiet();
});

test("faults are one click at the playhead, for one lane or all, and are healed there", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 8);
  await open(page, "Faults");
  const inForceHere = panel(page).locator(".in-force");
  await inForceHere.getByText("Nothing is broken.").waitFor();
  await panel(page).getByRole("button", { name: "Lane B", exact: true }).click();
  await panel(page).getByRole("button", { name: /^Stop the database/ }).click();
  await untilDrawn(page, 9);
  assert.deepEqual((await api(page, "frame")).lanes.map(({ faults }) => faults.database_down), [false, true]);
  await inForceHere.getByText("The database is stopped.").waitFor();
  await panel(page).getByRole("button", { name: "Heal the database of lane B", exact: true }).click();
  await inForceHere.getByText("Nothing is broken.").waitFor();
  await panel(page).getByRole("group", { name: "Lanes that are broken" }).getByRole("button", { name: "All lanes" }).click();
  for (const [name, flag] of [
    ["Cut the cache off", "cache_cut"],
    ["Slow the database down", "database_slow"],
    ["Lose the next DELETE", "lose_delete"],
    ["Fail the next SET", "fail_cache_write"],
  ]) {
    await panel(page).getByRole("button", { name: new RegExp(`^${name}`) }).click();
    assert.ok((await api(page, "frame")).lanes.every(({ faults }) => faults[flag]), name);
  }
  // What was done is listed, and can be taken out again.
  await button(page, "Remove command 1").click();
  assert.equal((await inForce(page, "/commands")).length, 5);
  await button(page, "Add a fault").click();
  await field(page, "What of fault 1").selectOption("Restart the cache");
  await type(page, "At of fault 1", "15 s");
  await field(page, "Where of fault 1").selectOption("lane B");
  assert.deepEqual(await inForce(page, "/faults"), [{ at_us: 15_000_000, fault: "restart-cache", lane: 2, node: null, zone: null }]);
  page.assertQuiet();
});

test("nothing above the panel moves while groups are changed", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await open(page, "Traffic");
  const places = () => page.locator(".lanes, .four, .tabs, .bar-top").evaluateAll((all) =>
    all.map((it) => JSON.stringify(it.getBoundingClientRect().toJSON().height) + (it.getBoundingClientRect().y + scrollY)));
  const before = await places();
  for (const group of ["Strategy", "Faults", "Scene"]) {
    await open(page, group);
    assert.deepEqual(await places(), before);
  }
  page.assertQuiet();
});
