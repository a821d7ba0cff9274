// Every state that the page can be in, in one list: what must hold in all of them is tested over it.
import { readFileSync } from "node:fs";
import { address, api, button, scenesButton, seek, showAllNumbers, untilDrawn, untilReady } from "./harness.mjs";

/** @typedef {{ name: string, at?: string, narrow?: boolean, reach: (page) => Promise<unknown> }} State */

const count = (page) => api(page, "stepCount");

/** The first step at which an event of this kind happens. */
async function stepAt(page, kind, nth = 0) {
  const events = await api(page, "events", 0, await count(page));
  const found = events.filter((event) => event.kind === kind);
  if (found.length <= nth) {
    throw new Error(`No event of kind ${kind} in this run`);
  }
  return found[nth].step;
}

const seekTo = (kind, nth) => async (page) => seek(page, await stepAt(page, kind, nth));

/** Loads a scenario and goes to a step, by default two thirds through, where things are going on. */
async function load(page, scenario, step) {
  await api(page, "load", scenario);
  await seek(page, step ?? Math.floor(((await count(page)) * 2) / 3));
}

/** Opens the menu of something on the first stage, a few steps into the run. */
async function pressed(page, selector) {
  await seek(page, 6);
  await page.locator(`.stage ${selector}`).first().focus();
  await page.keyboard.press("Enter");
}

/** The opening scene with other lanes. */
async function withLanes(page, lanes, step) {
  const scenario = await api(page, "scenario");
  await load(page, { ...scenario, lanes: lanes(scenario.lanes) }, step);
}

/** Four lanes from the opening scene's two. */
const fourLanes = ([a, b]) => [
  a,
  b,
  { ...a, name: "slow", database: { connections: 1 } },
  { strategy: { read: "no-cache", write: "write-around" } },
];

/** Requests for few keys, read and written, so that whatever the cache holds is soon full. */
const generated = (workload, ...lanes) => ({
  seed: "11",
  title: "Generated requests",
  workload: {
    generated: {
      requests: 240,
      clients: 3,
      keys: 30,
      popularity: { zipf: { alpha_milli: 900 } },
      read_per_mille: 850,
      gap: { exponential_mean_us: 2500 },
      ...workload,
    },
  },
  lanes,
});

const aside = (cache, more = {}) => ({
  strategy: { read: "cache-aside", write: "invalidate", ttl_us: 120_000 },
  cache,
  ...more,
});

/** A cluster, and the same with reads from replicas. */
export function inZones(shards, replicas) {
  const deployment = { kind: "cluster", shards, replicas, node_timeout_us: 1_000_000 };
  const lane = (endpoint) => aside({ policy: "lru", capacity: 8, deployment: { ...deployment, endpoint } });
  return generated({ gap: { exponential_mean_us: 20_000 } }, lane("primary"), lane("reader-for-reads"));
}

const POLICIES = [
  ["lru", "fifo"],
  ["clock", "lfu"],
  ["random", "twoq"],
  ["arc", "slru"],
  ["s3fifo", "sieve"],
  ["wtinylfu", "valkey-lru"],
  ["valkey-lfu", "valkey-ttl"],
  ["noeviction", "memcached"],
];

const FAULTS = [
  "Restart the cache",
  "Fail over to the replica",
  "Cut the cache off",
  "Slow the database down",
  "Stop the database",
  "Cut the database off",
  "Lose the next DELETE",
  "Fail the next SET",
];

const GROUPS = ["Traffic", "Strategy", "Cache", "Database", "Network", "Faults", "Cost", "Day", "Scene"];

/** The opening scene with something to fail over to. */
async function withReplicas(page) {
  await page.evaluate(() => {
    const scenario = globalThis.cachePlayground.scenario();
    scenario.lanes.forEach((lane) => (lane.cache.replica_lag_us = 1_000));
    globalThis.cachePlayground.load(scenario);
  });
}

async function breakIt(page, fault) {
  await button(page, "Break something").click();
  await button(page, fault).click();
}

/** Opens a panel, if it isn't. */
async function openPanel(page, title) {
  const tab = button(page, title);
  if ((await tab.getAttribute("aria-expanded")) !== "true") {
    await tab.click();
  }
}

async function follow(page, what) {
  await openPanel(page, "Follow");
  const field = page.getByRole("combobox", { name: "Key or request number to follow" });
  await field.fill(what);
  await field.press("Enter");
}

async function type(page, line) {
  const before = await page.locator(".console-reply").count();
  const field = page.getByRole("textbox", { name: /^Command to the cache of lane/ });
  await field.fill(line);
  await field.press("Enter");
  await page.locator(".console-reply").nth(before).waitFor({ state: "attached" });
}

async function openRace(page, title) {
  await scenesButton(page).click();
  await button(page, title).click();
  await page.locator(".race").waitFor();
}

async function move(page, client) {
  const before = await page.locator(".race-chip:not(.back)").count();
  await page.getByRole("button", { name: new RegExp(`^Client ${client}\\b`) }).click();
  await page.waitForFunction(
    (wanted) => cachePlayground.scenario().schedule.length >= wanted && document.querySelectorAll(".race-chip:not(.back)").length >= wanted,
    before + 1,
  );
}

async function winRace(page) {
  await openRace(page, "Read and delete");
  for (const client of [1, 1, 2, 2, 1, 3]) {
    await move(page, client);
  }
  await page.locator(".race-reached").waitFor();
}

const keys = (length) => Array.from({ length }, (_, i) => `product:${(i * i * 7) % 613}`);

async function openFile(page, name, content) {
  const buffer = Buffer.from(content);
  await page.locator("#trace-file").setInputFiles({ name, mimeType: "text/plain", buffer });
}

async function openKeys(page, length = 3000) {
  await openFile(page, "shop.txt", keys(length).join("\n"));
  await page.locator(".whole-file", { hasText: "shop.txt" }).waitFor();
}

async function openCurves(page) {
  await openKeys(page);
  await openPanel(page, "Trace");
  await page.getByRole("button", { name: "Find these curves" }).waitFor();
  await page.locator(".curves .plot-line").nth(5).waitFor({ state: "attached" });
}

const race = JSON.parse(readFileSync(new URL("../support/data/scenarios/race.json", import.meta.url), "utf8"));
const matrix = JSON.parse(readFileSync(new URL("../support/data/scenarios/matrix.json", import.meta.url), "utf8"));

const longKey = (i) => `a-rather-long-key-of-a-trace:${i % 40}:${"x".repeat(60)}`;

/** Each of them is reached from a page that has just been opened, at `at` if that says where. */
export const STATES = /** @type {State[]} */ ([
  // The opening scene.
  { name: "the opening", reach: () => undefined },
  { name: "on the way", reach: (page) => seek(page, 6) },
  { name: "a hit", reach: seekTo("hit") },
  { name: "a miss", reach: seekTo("miss", 1) },
  { name: "a stale read", reach: seekTo("stale") },
  { name: "an eviction", reach: seekTo("evict") },
  { name: "the end, with a recap", reach: async (page) => seek(page, await count(page)) },
  {
    name: "the recap of a changed scene",
    reach: async (page) => {
      const capacity = page.getByRole("spinbutton", { name: "Capacity of lane A, in entries" });
      await capacity.fill("3");
      await capacity.press("Enter");
      await seek(page, await count(page));
      await page.locator(".recap-changed").waitFor();
    },
  },
  { name: "the recap of four lanes", at: "?scenario=stale-reads", reach: async (page) => seek(page, await count(page)) },
  { name: "a query that is refused", at: "?scenario=collapse", reach: seekTo("refuse") },
  {
    name: "playing",
    reach: async (page) => {
      await seek(page, 7);
      await page.keyboard.press("Space");
      await page.getByRole("button", { name: "Pause" }).waitFor();
    },
  },
  {
    name: "changed in place",
    reach: async (page) => {
      await seek(page, 30);
      await page.getByRole("combobox", { name: "Writes of lane A" }).selectOption("DB, delete");
    },
  },
  {
    name: "a loop on a part of the timeline",
    reach: async (page) => {
      await seek(page, 20);
      for (const key of ["+", "+", "["]) await page.keyboard.press(key);
      await seek(page, 28);
      await page.keyboard.press("]");
    },
  },
  {
    name: "pointed at on the timeline",
    reach: async (page) => {
      await seek(page, 20);
      await page.locator(".timeline-track").hover({ position: { x: 150, y: 20 } });
      await page.locator(".tip").waitFor();
    },
  },

  // What goes wrong.
  ...FAULTS.map((fault) => ({
    name: `the fault ${fault}`,
    reach: async (page) => {
      await withReplicas(page);
      await seek(page, 12);
      await breakIt(page, fault);
      await untilDrawn(page, 13);
    },
  })),
  {
    name: "runs of their own",
    reach: async (page) => {
      for (const [step, fault] of [[8, "Cut the cache off"], [20, "Restart the cache"], [14, "Stop the database"]]) {
        await seek(page, step);
        await breakIt(page, fault);
        await untilDrawn(page, step + 1);
      }
    },
  },

  // Lanes.
  ...POLICIES.map(([first, second]) => ({
    name: `the policies ${first} and ${second}`,
    reach: (page) =>
      load(page, generated({}, aside({ policy: first, capacity: 8 }), aside({ policy: second, capacity: 8 }))),
  })),
  { name: "one lane", reach: (page) => withLanes(page, ([a]) => [a], 22) },
  { name: "three lanes", reach: (page) => withLanes(page, ([a, b]) => [a, b, { ...a, cache: { ...a.cache, policy: "sieve" } }], 30) },
  { name: "four lanes", reach: (page) => withLanes(page, fourLanes, 40) },
  {
    name: "all numbers of four lanes, with their costs",
    reach: async (page) => {
      const [cluster, memcached] = [{ kind: "cluster", node_type: "r7g.large" }, { kind: "memcached" }];
      const deployed = (lane, deployment) => ({ ...lane, cache: { ...lane.cache, deployment } });
      await withLanes(page, ([a, b]) => [a, deployed(b, cluster), deployed(a, memcached), fourLanes([a, b])[3]], 40);
      await showAllNumbers(page);
    },
  },
  { name: "a MOVED on its way", at: "?scenario=moved", reach: seekTo("moved", 1) },
  { name: "a replica that is behind", at: "?scenario=replica-read", reach: seekTo("behind", 1) },
  { name: "a replica that takes over", at: "?scenario=lost-primary", reach: seekTo("failover", 0) },
  { name: "a Region that is promoted", at: "?scenario=lost-region", reach: seekTo("fault", 2) },
  { name: "a cluster in three zones", reach: (page) => load(page, inZones(3, 1)) },
  { name: "two nodes of a shard in one zone", reach: (page) => load(page, inZones(1, 4)) },
  {
    name: "a zone that is down",
    reach: async (page) => {
      await load(page, inZones(3, 2), 40);
      await api(page, "command", { type: "fault", fault: "stop-cache-node", zone: "b" });
      await untilDrawn(page, 41);
    },
  },
  { name: "the menu of a zone", at: "?scenario=replica-read", reach: (page) => pressed(page, '[data-zone="b"]') },
  {
    name: "zones of one lane with many nodes",
    reach: async (page) => {
      const { lanes: [lane], ...scenario } = inZones(3, 5);
      await load(page, { ...scenario, lanes: [lane] });
    },
  },
  { name: "a durable cache that restarts", at: "?scenario=restart-durable", reach: seekTo("fault", 1) },
  {
    name: "the menu of a node",
    at: "?scenario=lost-memcached-node",
    reach: (page) => pressed(page, '[data-node="2"]'),
  },
  {
    name: "nodes that left, do not answer, and are yet to join",
    at: "?scenario=lost-memcached-node",
    reach: async (page) => {
      const step = (await count(page)) - 40;
      await seek(page, step);
      await api(page, "command", { type: "fault", fault: "stop-cache-node", node: 2 });
      await untilDrawn(page, step + 1);
    },
  },
  {
    name: "a cluster of many shards",
    reach: (page) =>
      load(page, generated(
        { keys: 400 },
        aside({ policy: "lru", capacity: 8, deployment: { kind: "cluster", shards: 40 } }),
        aside({ policy: "lru", capacity: 8, deployment: { kind: "cluster", shards: 500 } }),
      )),
  },
  { name: "a slot that throttles", at: "?scenario=hot-key-serverless", reach: seekTo("throttle", 0) },
  { name: "a rate that has grown, with its numbers", at: "?scenario=spike-serverless", reach: async (page) => {
    await seekTo("grow", 0)(page);
    await showAllNumbers(page);
  } },
  { name: "a partition that throttles", at: "?scenario=hot-partition", reach: (page) => seek(page, 3200) },
  {
    name: "a provisioned table of many partitions, and a database in memory",
    reach: (page) =>
      load(page, generated(
        {},
        aside({ policy: "lru", capacity: 8 }, { database: { kind: "dynamodb", partitions: 16, capacity_mode: "provisioned", read_units: 20, write_units: 20 } }),
        aside({ policy: "lru", capacity: 8 }, { database: { kind: "memorydb" } }),
      )),
  },
  { name: "a lane without a database", at: "?scenario=rate-limiter", reach: (page) => seek(page, 300) },
  {
    name: "a lane without a database, of one cache",
    reach: (page) =>
      withLanes(page, ([a, b]) => [{ ...a, strategy: { read: "cache-only", write: "cache-only", ttl_us: 60_000_000 } }, b], 22),
  },
  {
    name: "a capacity in bytes",
    reach: (page) =>
      load(page, generated(
        { value_bytes: { quantiles: { p50_bytes: 60, p90_bytes: 200, p99_bytes: 400, max_bytes: 900 } } },
        aside({ policy: "lru", capacity_bytes: 2500 }),
        aside({ policy: "wtinylfu", capacity_bytes: 100_000_000_000 }),
      )),
  },
  {
    name: "dense cells",
    reach: (page) =>
      load(page, generated(
        { requests: 3000, keys: 2000 },
        aside({ policy: "arc", capacity: 300 }),
        aside({ policy: "lru", capacity: 1200 }),
      )),
  },
  {
    name: "a saturated database",
    reach: (page) =>
      load(page, generated(
        { clients: 40, keys: 400, gap: { exponential_mean_us: 150 } },
        aside({ policy: "lru", capacity: 8 }, { database: { connections: 1 } }),
        { strategy: { read: "no-cache", write: "write-around" }, database: { connections: 3 } },
      )),
  },
  { name: "many faults at once", reach: (page) => load(page, matrix) },

  // Races.
  { name: "a race before its first move", reach: (page) => openRace(page, "Read and delete") },
  {
    name: "a race under way",
    reach: async (page) => {
      await openRace(page, "Failover");
      await move(page, 1);
      await move(page, 2);
    },
  },
  { name: "a race that is won", reach: winRace },
  {
    name: "a race with a defence",
    reach: async (page) => {
      await winRace(page);
      await page.getByRole("switch", { name: "Lease" }).click();
      await page.locator(".race-defence[aria-checked=true]").waitFor();
    },
  },
  {
    name: "a race side by side",
    reach: async (page) => {
      await winRace(page);
      await page.getByRole("switch", { name: "Lease" }).click();
      await button(page, "Put both side by side").click();
      await page.locator(".lanes.of-2").waitFor();
    },
  },
  { name: "moves of a scenario", reach: async (page) => load(page, race) },

  // Panels.
  {
    name: "a key is followed",
    reach: async (page) => {
      await seek(page, 30);
      await follow(page, "user:2");
      await page.locator(".events-list li").first().waitFor();
    },
  },
  {
    name: "a request is followed",
    reach: async (page) => {
      await seek(page, 30);
      await follow(page, "7");
      await page.locator(".seq").waitFor();
    },
  },
  {
    name: "nothing to follow by that name",
    reach: async (page) => {
      await follow(page, "nobody");
      await page.locator("#follow-refused").waitFor();
    },
  },
  {
    name: "the plots",
    reach: async (page) => {
      await seek(page, 30);
      await openPanel(page, "Plots");
      await page.locator(".plot").nth(3).waitFor();
    },
  },
  {
    name: "the plots as tables, in each interval",
    reach: async (page) => {
      await seek(page, 30);
      await openPanel(page, "Plots");
      await button(page, "in each interval").click();
      await button(page, "tables").click();
      await page.locator(".plot-table").first().waitFor();
    },
  },
  {
    name: "the plots of four lanes",
    reach: async (page) => {
      await withLanes(page, fourLanes, 40);
      await openPanel(page, "Plots");
      await page.locator(".plot").nth(3).waitFor();
    },
  },
  ...GROUPS.map((group) => ({
    name: `the set-up of ${group}`,
    reach: async (page) => {
      await seek(page, 12);
      await openPanel(page, "Set-up");
      await page.locator("#set-up").getByRole("button", { name: group, exact: true }).click();
    },
  })),
  {
    name: "the set-up of generated requests, with a refused value",
    reach: async (page) => {
      await load(page, matrix, 100);
      await openPanel(page, "Set-up");
      await page.locator("#set-up").getByRole("button", { name: "Traffic", exact: true }).click();
      const field = page.locator("#set-up").getByLabel("Number of keys", { exact: true });
      await field.fill("0");
      await field.press("Enter");
      await page.locator(".why").waitFor();
    },
  },
  {
    name: "the set-up of all lanes",
    reach: async (page) => {
      await openPanel(page, "Set-up");
      await page.locator("#set-up").getByRole("button", { name: "All lanes" }).click();
    },
  },
  { name: "a plan", reach: async (page) => openPanel(page, "Plan") },
  {
    name: "a plan that reaches limits, with all inputs, prices and tables",
    reach: async (page) => {
      const scenario = await api(page, "scenario");
      const plan = { requests_per_second: 16_000_000, data_bytes: 6e12, replicas: 5, connections: 70_000, durable: true };
      await load(page, { ...scenario, plan }, 20);
      await openPanel(page, "Plan");
      await page.getByText("More inputs").click();
      await page.locator("#plan summary", { hasText: "Prices" }).click();
      await button(page, "As tables").click();
      await page.locator(".plot-table").first().waitFor();
    },
  },
  {
    name: "a plan with a refused price, taken from a lane",
    reach: async (page) => {
      await seek(page, 30);
      await openPanel(page, "Plan");
      await button(page, "From lane A").click();
      await page.locator("#plan summary", { hasText: "Prices" }).click();
      const price = page.locator("#plan").getByLabel("Storage, Valkey", { exact: true });
      await price.fill("-1");
      await price.press("Enter");
      await page.locator(".why").waitFor();
    },
  },
  { name: "a day", reach: async (page) => openPanel(page, "Day") },
  {
    name: "a day of a spike with a failover, a pre-scaled minimum and its table",
    reach: async (page) => {
      const scenario = await api(page, "scenario");
      const spike = { shape: "spike", peak_per_second: 20_000_000, failover_hour: 12, pre_scaled_ecpu_per_second: 500_000 };
      await load(page, { ...scenario, day: spike }, 20);
      await openPanel(page, "Day");
      await button(page, "As a table").click();
      await page.locator("#day .plot-table").first().waitFor();
    },
  },
  { name: "the console before its first line", reach: async (page) => openPanel(page, "Console") },
  {
    name: "the console with replies and errors",
    reach: async (page) => {
      await seek(page, 12);
      await openPanel(page, "Console");
      for (const line of ["GET user:1", "SET user:1 v1 EX 50", "TTL user:1", "SET user:1 v1 EX", "INFO"]) {
        await type(page, line);
      }
    },
  },
  { name: "the curves of a trace", reach: openCurves },
  {
    name: "the curves of a trace as a table",
    reach: async (page) => {
      await openCurves(page);
      await button(page, "As a table").click();
    },
  },
  {
    name: "the curves of a trace being found",
    reach: async (page) => {
      await openKeys(page, 320_000);
      await openPanel(page, "Trace");
      await page.getByRole("button", { name: /^Find the/ }).waitFor();
    },
  },
  {
    name: "a trace with long keys",
    reach: async (page) => {
      const name = "a-file-with-a-long-name-and-no-space-in-it-anywhere.txt";
      await openFile(page, name, Array.from({ length: 300 }, (_, i) => longKey(i)).join("\n"));
      await page.locator(".whole-file").waitFor();
      await seek(page, await count(page));
    },
  },
  {
    name: "a refused file",
    reach: async (page) => {
      await openFile(page, "notes.txt", "a\n\nb\n");
      await page.locator(".notice.refused").waitFor();
    },
  },
  {
    name: "a file that is read in part",
    reach: async (page) => {
      await openFile(page, "keys.txt", `${keys(400).join("\n")}\nc d\ne\n`);
      await page.locator(".notice.refused").waitFor();
    },
  },
  {
    name: "a refused change",
    reach: async (page) => {
      const capacity = page.getByRole("spinbutton", { name: "Capacity of lane A, in entries" });
      await capacity.fill("0");
      await capacity.press("Enter");
      await page.locator(".notice.refused").waitFor();
      await capacity.blur();
    },
  },

  // Above everything else.
  {
    name: "the sheet of keys",
    reach: async (page) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "sharing",
    reach: async (page) => {
      await seek(page, 20);
      await button(page, "Share").click();
      await page.locator(".share-part").first().waitFor();
    },
  },
  {
    name: "sharing what is too large for a link",
    reach: async (page) => {
      await openKeys(page);
      await button(page, "Share").click();
      await page.getByText("too large for a link").waitFor();
    },
  },
  { name: "the list of scenes", reach: (page) => scenesButton(page).click() },
  { name: "the list of faults", reach: (page) => button(page, "Break something").click() },
  { name: "the menu of an entry", reach: (page) => pressed(page, ".chip") },
  { name: "the menu of the cache", reach: (page) => pressed(page, "[data-thing='cache']") },
  {
    name: "a key to be chosen",
    reach: async (page) => {
      await pressed(page, "[data-thing='app']");
      await page.getByRole("menuitem", { name: "Read a key…" }).click();
    },
  },
  { name: "the menu of a lane", reach: (page) => page.getByRole("button", { name: /^Lane A: all inputs/ }).click() },
  {
    name: "a file held over the page",
    reach: async (page) => {
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["a"], "a.txt"));
        document.dispatchEvent(new DragEvent("dragenter", { dataTransfer, bubbles: true }));
        document.body.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true }));
      });
      await page.locator(".dropping").waitFor();
    },
  },

  // On a narrow screen.
  { name: "more controls", narrow: true, reach: (page) => page.getByRole("button", { name: "More controls" }).click() },
  {
    name: "one lane of two on the screen",
    narrow: true,
    reach: async (page) => {
      await seek(page, 20);
      await page.getByRole("group", { name: "Lanes on the screen" }).getByRole("button", { name: "B" }).click();
    },
  },

  // By address.
  { name: "embedded", at: "?embed=1&step=20", reach: () => undefined },
  { name: "embedded with few controls", at: "?embed=1&controls=step&step=20", reach: () => undefined },
  { name: "embedded without controls", at: "?embed=1&controls=none&step=20", reach: () => undefined },
  { name: "for a projector", at: "?present=1&step=20", reach: () => undefined },
  {
    name: "presenting after a press of the button",
    reach: async (page) => {
      // A phone has no such button.
      await page.setViewportSize({ width: 1280, height: 800 });
      await seek(page, 20);
      await button(page, "Present").click();
      await button(page, "Leave").waitFor();
    },
  },
  {
    name: "a blank screen",
    at: "?present=1",
    reach: async (page) => {
      await page.keyboard.press("b");
      await page.locator(".screen-blank").waitFor();
    },
  },
  { name: "an address that is not understood", at: "?step=many&lesson=1", reach: () => undefined },
]);

/** Brings a page into a state, from wherever it is. */
export async function enter(page, { at = "", narrow, reach }) {
  if (narrow) {
    await page.setViewportSize({ width: 360, height: 740 });
  }
  // The same address with another fragment, or none, would not be opened anew.
  await page.goto("about:blank");
  await page.goto(address(at));
  await untilReady(page);
  await reach(page);
}
