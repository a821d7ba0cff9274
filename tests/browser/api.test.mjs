// window.cachePlayground: plain values in and out, refusals that name the field, and never a panic.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown, standing, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

/** A scenario with as little as possible. */
const small = () => ({
  workload: {
    script: [
      { at_us: 0, op: "read", key: "a" },
      { at_us: 50_000, op: "write", key: "a" },
      { at_us: 100_000, op: "read", key: "a" },
      { at_us: 150_000, op: "read", key: "b" },
    ],
  },
  lanes: [{ strategy: { read: "cache-aside", write: "write-around" }, cache: { capacity: 1 } }],
});

/** What a call throws, as plain data; undefined if it returns. */
function refusal(page, call, ...values) {
  return page.evaluate(
    ([name, args]) => {
      try {
        globalThis.cachePlayground[name](...args);
        return undefined;
      } catch (error) {
        return { isError: error instanceof Error, message: error.message, path: error.path };
      }
    },
    [call, values],
  );
}

/** The call throws an Error with this path, whose message names the field; nothing changes. */
async function assertRefused(page, { call, values, path, names }) {
  const before = await standing(page);
  const error = await refusal(page, call, ...values);
  const what = `${call}(${JSON.stringify(values).slice(0, 120)})`;
  assert.ok(error?.isError, `${what} should throw an Error`);
  assert.equal(error.path, path, `${what}: ${error.message}`);
  assert.match(error.message, names, what);
  assert.deepEqual(await standing(page), before, `${what} should change nothing`);
}

test("the version is 1", async () => {
  const page = await openPage();
  assert.equal(await page.evaluate(() => globalThis.cachePlayground.apiVersion), 1);
  page.assertQuiet();
});

test("a scenario is completed once, and then stays as it is", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const [opening, openingLog] = [await api(page, "scenario"), await api(page, "logHash")];
  await api(page, "load", small());
  await untilDrawn(page, 0);
  const scenario = await api(page, "scenario");
  const log = await api(page, "logHash");
  assert.match(log, /^[0-9a-f]{16}$/);
  assert.notEqual(log, openingLog);
  assert.equal(scenario.seed, "1");
  assert.equal(scenario.lanes[0].cache.capacity, 1);
  assert.equal(scenario.lanes[0].cache.policy, "lru");

  for (const canonical of [scenario, opening]) {
    await api(page, "load", canonical);
    assert.deepEqual(await api(page, "scenario"), canonical);
    assert.equal(await api(page, "frame").then(({ step }) => step), 0);
  }
  assert.equal(await api(page, "logHash"), openingLog);
  await api(page, "load", scenario);
  assert.equal(await api(page, "logHash"), log);
  page.assertQuiet();
});

test("what is given out is plain JSON with safe numbers", async () => {
  const page = await openPage();
  await seek(page, 20);
  const odd = await page.evaluate(() => {
    const { cachePlayground: playground } = globalThis;
    const found = [];
    const visit = (value, path) => {
      const plain = value === null || Array.isArray(value) || value?.constructor === Object;
      if (plain && value !== null) {
        Object.entries(value).forEach(([name, inner]) => visit(inner, `${path}/${name}`));
      } else if (!plain && !["string", "boolean"].includes(typeof value) && !Number.isSafeInteger(value)) {
        found.push(`${path} ${typeof value}`);
      }
    };
    visit(playground.scenario(), "scenario");
    visit(playground.frame(), "frame");
    visit(playground.events(0, playground.stepCount()), "events");
    visit(playground.missCounts(["a", "b", "a"], "lru", [1, 2]), "missCounts");
    return found;
  });
  assert.deepEqual(odd, []);
  page.assertQuiet();
});

/** A change that spoils the small scenario; where; what the message names. One of each kind: the scenario
 * crate tests every input. */
const spoiled = [
  [(s) => (s.lanes = []), "/lanes", /lanes/],
  [(s) => delete s.lanes, "", /lanes/],
  [(s) => (s.seed = 7), "/seed", /seed/],
  [(s) => (s.workload.script[2].at_us = 1), "/workload/script/2/at_us", /script\[2\]\.at_us.*50000.*1/],
  [(s) => (s.workload.script[0].key = "a b"), "/workload/script/0/key", /key.*"a b"/],
  [(s) => (s.lanes[0].cache.policy = "lifo"), "/lanes/0/cache/policy", /policy.*lifo/],
  [(s) => (s.lanes[0].strategy = { read: "no-cache", write: "invalidate" }), "/lanes/0/strategy/write", /write/],
];

test("a bad scenario is refused with the place and the field, and nothing changes", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  for (const [spoil, path, names] of spoiled) {
    const scenario = small();
    spoil(scenario);
    await assertRefused(page, { call: "load", values: [scenario], path, names });
  }
  page.assertQuiet();
});

test("a bad command is refused with the place and the field, and nothing changes", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  const last = await api(page, "stepCount");
  const commands = [
    [{}, "", /type/],
    [{ type: "jump" }, "/type", /type.*jump/],
    [{ type: "seek" }, "/step", /step/],
    [{ type: "seek", step: last + 1 }, "/step", new RegExp(`step.*0 to ${last}.*${last + 1}`)],
    [{ type: "seek", step: -1 }, "/step", /step/],
    [{ type: "seek", step: 1.5 }, "/step", /step/],
    [{ type: "seek", step: "3" }, "/step", /step/],
    [{ type: "step" }, "/by", /by/],
    [{ type: "step", by: 1e300 }, "/by", /by/],
    [{ type: "step", by: 1, unit: "year" }, "/unit", /unit.*year/],
    [{ type: "play", pace: "quick" }, "/pace", /slow.*normal.*fast/],
    [{ type: "play", speed: 1, pace: "fast" }, "/pace", /pace/],
    [{ type: "play", speed: 0 }, "/speed", /speed/],
    [{ type: "play", speed: 1e9 }, "/speed", /speed/],
  ];
  for (const [command, path, names] of commands) {
    await assertRefused(page, { call: "command", values: [command], path, names });
  }
  page.assertQuiet();
});

test("an unknown field is refused, wherever it is", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const places = ["", "/workload/script/0", "/lanes/0", "/lanes/0/strategy", "/lanes/0/cache"];
  for (const place of places) {
    const scenario = small();
    const names = place.split("/").slice(1);
    names.reduce((object, name) => object[name], scenario).colour = "red";
    const path = `${place}/colour`;
    await assertRefused(page, { call: "load", values: [scenario], path, names: /colour/ });
  }
  const command = { type: "pause", please: true };
  await assertRefused(page, { call: "command", values: [command], path: "/please", names: /please/ });
  page.assertQuiet();
});

test("every command does what it says", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const steps = async (command) => {
    await api(page, "command", command);
    return (await api(page, "frame")).step;
  };
  const last = await api(page, "stepCount");
  assert.equal(await steps({ type: "step", by: 3 }), 3);
  assert.equal(await steps({ type: "step", by: -1, unit: "event" }), 2);
  assert.equal(await steps({ type: "seek", step: last }), last);
  assert.equal(await steps({ type: "step", by: 2 ** 31 - 1 }), last);
  assert.equal(await steps({ type: "step", by: -(2 ** 31) }), 0);
  const requests = (await api(page, "events", 0, last)).filter((e) => e.kind === "request" && e.lane === 0);
  assert.equal(await steps({ type: "step", by: 3, unit: "request" }), requests[2].step);
  assert.equal(await steps({ type: "step", by: -2, unit: "request" }), requests[0].step);
  assert.equal(await steps({ type: "step", by: 1, unit: "error" }), requests[0].step);
  assert.equal(await steps({ type: "reset" }), 0);
  await api(page, "command", { type: "play", speed: 1 });
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await api(page, "command", { type: "pause" });
  await page.getByRole("button", { name: "Play" }).waitFor();
  page.assertQuiet();
});

test("events are given by step, both ends included, and lead back to what caused them", async () => {
  const page = await openPage();
  const last = await api(page, "stepCount");
  const all = await api(page, "events", 0, last);
  all.forEach(({ id }, i) => assert.equal(id, i));
  for (const event of all) {
    assert.ok(event.cause === null ? event.kind === "request" : event.cause < event.id);
  }
  assert.deepEqual(await api(page, "events", 0, 0), []);
  assert.deepEqual(await api(page, "events", 5, 3), []);
  const some = await api(page, "events", 4, 9);
  assert.deepEqual(some, all.filter(({ step }) => step >= 4 && step <= 9));
  page.assertQuiet();
});

test("a bad range of events is refused with the end that is bad", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const last = await api(page, "stepCount");
  const ranges = [
    [[-1, 3], "/from"],
    [[0, last + 1], "/to"],
    [[1.5, 3], "/from"],
    [["0", 3], "/from"],
    [[0, null], "/to"],
    [[0], "/to"],
    [[], "/from"],
    [[NaN, 1], "/from"],
    [[0, Infinity], "/to"],
  ];
  for (const [values, path] of ranges) {
    const names = new RegExp(`${path.slice(1)} .*0 to ${last}`);
    await assertRefused(page, { call: "events", values, path, names });
  }
  page.assertQuiet();
});

test("misses are counted alike for texts, numbers and typed arrays", async () => {
  const page = await openPage();
  const counts = await page.evaluate(() => {
    const { cachePlayground: playground } = globalThis;
    const numbers = Array.from({ length: 100_000 }, (_, i) => i % 1500);
    const streams = [numbers, numbers.map(String), Uint32Array.from(numbers)];
    return ["lru", "fifo"].map((policy) =>
      streams.map((keys) => playground.missCounts(keys, policy, [100, 500, 1000, 2000])),
    );
  });
  for (const count of counts.flat()) {
    assert.deepEqual(count, [100_000, 100_000, 100_000, 1500]);
  }
  assert.deepEqual(await api(page, "missCounts", [], "lru", [5]), [0]);
  assert.deepEqual(await api(page, "missCounts", ["a"], "lru", []), []);
  assert.deepEqual(await api(page, "missCounts", [1, "1", 1, "1"], "lru", [2]), [2]);
  page.assertQuiet();
});

test("bad arguments of missCounts are refused with the place", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const cases = [
    [[["a"], "lifo", [1]], "/policy", /policy.*lru.*"lifo"/],
    [[["a"], "LRU", [1]], "/policy", /policy/],
    [[["a"], null, [1]], "/policy", /policy/],
    [["aab", "lru", [1]], "/keys", /keys.*array.*"aab"/],
    [[["a", null], "lru", [1]], "/keys/1", /keys\[1\].*text or a number/],
    [[["a", NaN], "lru", [1]], "/keys/1", /keys\[1\].*text or a number/],
    [[["a"], "lru", 5], "/capacities", /capacities.*array.*5/],
    [[["a"], "lru", [1, 0]], "/capacities/1", /capacities\[1\].*0/],
    [[["a"], "lru", [1.5]], "/capacities/0", /capacities\[0\].*1\.5/],
    [[["a"], "lru", [1e300]], "/capacities/0", /capacities\[0\]/],
  ];
  for (const [values, path, names] of cases) {
    await assertRefused(page, { call: "missCounts", values, path, names });
  }
  page.assertQuiet();
});

/** Junk of every type. Runs in the page, since most of it can't be sent there. */
function junk() {
  const deep = (wrap, times) => Array.from({ length: times }).reduce((inner) => wrap(inner), 1);
  const cyclic = {};
  cyclic.lanes = cyclic;
  cyclic.type = cyclic;
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  const hostile = () => {
    throw new Error("hostile");
  };
  const values = {
    undefined: undefined,
    null: null,
    true: true,
    NaN: NaN,
    "-1": -1,
    "-0": -0,
    "1e300": 1e300,
    Infinity: Infinity,
    "2^53": 2 ** 53,
    bigint: 10n ** 40n,
    "empty text": "",
    "lone surrogate": "\ud800",
    "long text": "x".repeat(1_000_000),
    "{}": {},
    "[]": [],
    "array with holes": Array(3),
    symbol: Symbol("s"),
    function: () => 1,
    "function that can't be shown": Object.assign(() => 1, { toString: hostile }),
    date: new Date(NaN),
    map: new Map([["type", "pause"]]),
    "typed array": new Float64Array([NaN, 1]),
    "object without prototype": Object.create(null),
    "own __proto__": JSON.parse('{"__proto__": {"type": "pause"}}'),
    "throwing getters": Object.defineProperties({}, { type: { get: hostile, enumerable: true }, lanes: { get: hostile, enumerable: true } }),
    "throwing proxy": new Proxy({}, { get: hostile, has: hostile, ownKeys: hostile, getPrototypeOf: hostile }),
    "revoked proxy": revoked,
    cyclic,
    "deep objects": deep((inner) => ({ lanes: inner }), 100_000),
    document,
    window,
  };
  return values;
}

/** Calls everything with every piece of junk in every place, and gives what is wrong. In the page. */
function throwJunk(pieces) {
  const { cachePlayground: playground } = globalThis;
  const scenario = playground.scenario();
  const calls = {
    load: (j) => playground.load(j),
    "load, as lanes": (j) => playground.load({ ...scenario, lanes: j }),
    "load, as the title": (j) => playground.load({ ...scenario, title: j, seed: "bad" }),
    command: (j) => playground.command(j),
    "command, as the type": (j) => playground.command({ type: j }),
    "command, as by": (j) => playground.command({ type: "step", by: j, unit: "error" }),
    "events, as from": (j) => playground.events(j, 1),
    "events, as to": (j) => playground.events(1, j),
    "missCounts, as keys": (j) => playground.missCounts(j, "lru", [1]),
    "missCounts, as a key": (j) => playground.missCounts([j], "lru", [1]),
    "missCounts, as the policy": (j) => playground.missCounts(["a"], j, [1]),
    "missCounts, as capacities": (j) => playground.missCounts(["a"], "lru", j),
    "missCounts, as a capacity": (j) => playground.missCounts(["a"], "lru", [j]),
    scenario: (j) => playground.scenario(j),
    frame: (j) => playground.frame(j),
    stateHash: (j) => playground.stateHash(j),
  };
  const wrong = [];
  for (const [call, carryOut] of Object.entries(calls)) {
    for (const [name, value] of Object.entries(pieces)) {
      try {
        carryOut(value);
      } catch (error) {
        // What the junk's own code throws is passed on as it is.
        const own = /hostile|proxy that has been revoked/.test(error.message);
        const good = error instanceof Error && (own || typeof error.path === "string");
        if (!good) {
          wrong.push(`${call}: ${name} throws ${String(error?.stack).slice(0, 100)}`);
        }
      }
    }
  }
  return wrong;
}

test("junk of any type in any place gives a value or an Error with a place, and never a panic", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  const before = await standing(page);
  const wrong = await page.evaluate(`(${throwJunk})((${junk})())`);
  assert.ok(await page.locator("#failure").isHidden(), "no panic");
  assert.deepEqual(wrong, []);
  assert.deepEqual(await standing(page), before);
  page.assertQuiet();
});

test("arrays nested too deep are refused with a place like any other value", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const paths = await page.evaluate(() => {
    const { cachePlayground: playground } = globalThis;
    const deep = Array.from({ length: 100_000 }).reduce((inner) => [inner], 1);
    const calls = [
      () => playground.load({ ...playground.scenario(), title: deep }),
      () => playground.command({ type: "seek", step: deep }),
    ];
    return calls.map((call) => {
      try {
        return call();
      } catch (error) {
        return error.path ?? error.message;
      }
    });
  });
  assert.deepEqual(paths, [`/title${"/0".repeat(7)}`, `/step${"/0".repeat(7)}`]);
  page.assertQuiet();
});
