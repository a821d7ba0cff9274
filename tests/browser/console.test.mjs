// The console: typed at as a person does, and what is shown is what the engine has.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { accessibilityFaults, api, closePages, openPage, seek, shutDown, stepOf, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const button = (page, name) => page.getByRole("button", { name, exact: true });
const field = (page) => page.getByRole("textbox", { name: /^Command to the cache of lane/ });
const last = (page) => page.locator(".console-reply").last();

async function openConsole(options = {}) {
  const page = await openPage({ reducedMotion: "reduce", ...options });
  await button(page, "Console").click();
  await field(page).waitFor();
  return page;
}

/** Types a line, and gives the reply that is shown. */
async function ask(page, line) {
  const count = await page.locator(".console-reply").count();
  await field(page).fill(line);
  await field(page).press("Enter");
  await page.locator(".console-reply").nth(count).waitFor({ state: "attached" });
  return last(page).textContent();
}

const entry = async (page, lane, key) => {
  const { lanes } = await api(page, "frame");
  return lanes[lane].cache.entries.find((of) => of.key === key);
};

test("commands are executed by the lane's cache, and what changes something forks the run", async () => {
  const page = await openConsole();
  await seek(page, 6);
  const before = await api(page, "stateHash");
  assert.equal(await ask(page, "TTL user:1"), `(integer) ${Math.round(((await entry(page, 0, "user:1")).expires_at_us - (await api(page, "frame")).at_us) / 1e6)}`);
  assert.equal(await ask(page, "DBSIZE"), "(integer) 4");
  assert.equal(await ask(page, "GET user:99"), "(nil)");
  assert.equal(await stepOf(page), 6, "what only looks makes no run");
  assert.equal(await api(page, "stateHash"), before);

  assert.equal(await ask(page, "SET user:1 v1 EX 50"), "OK");
  await untilDrawn(page, 7);
  const { expires_at_us: end, request } = await entry(page, 0, "user:1");
  assert.equal(end, (await api(page, "frame")).at_us + 50e6);
  assert.equal(request, null);
  assert.notEqual((await entry(page, 1, "user:1"))?.expires_at_us, end, "the other lane has none of it");
  await page.locator(".say [role=status]").getByText("By hand: SET user:1 v1 EX 50").waitFor();
  const { commands } = await api(page, "scenario");
  assert.deepEqual(commands, [{ step: 6, command: { console: "SET user:1 v1 EX 50", lane: 1 } }]);

  assert.equal(await ask(page, "GET user:1"), '"v1"');
  assert.equal(await ask(page, "DEL user:1"), "(integer) 1");
  assert.equal(await entry(page, 0, "user:1"), undefined);
  assert.deepEqual((await api(page, "scenario")).commands.map(({ command }) => command.console), [
    "SET user:1 v1 EX 50",
    "GET user:1",
    "DEL user:1",
  ]);
  await button(page, "Lane B").click();
  assert.equal(await ask(page, "FLUSHALL"), "OK");
  const used = (await api(page, "frame")).lanes.map(({ cache }) => cache.used);
  assert.equal(used[1], 0);
  assert.ok(used[0] > 0);

  for (let i = 0; i < 4; i += 1) {
    await button(page, "Back to the run before").click();
  }
  await seek(page, 6);
  assert.equal(await api(page, "stateHash"), before);
  page.assertQuiet();
});

test("the lane's heading has the policy that runs, and says that it was set up with another", async () => {
  const page = await openConsole();
  const policy = page.locator(".lane").first().getByRole("combobox", { name: /^Eviction policy of lane A/ });
  const shown = () => policy.evaluate((of) => [of.getAttribute("aria-label"), of.selectedOptions[0].textContent]);
  await seek(page, 6);
  await ask(page, "CONFIG SET maxmemory-policy allkeys-lfu");
  await untilDrawn(page, 7);
  assert.deepEqual(await shown(), ["Eviction policy of lane A, set up as LRU and changed by CONFIG SET", "Valkey LFU now"]);
  assert.ok((await policy.locator("option").allTextContents()).includes("LRU, set up"));
  await seek(page, 6);
  assert.deepEqual(await shown(), ["Eviction policy of lane A", "LRU"]);
  await seek(page, 7);
  await policy.selectOption("SIEVE");
  await page.waitForFunction(() => cachePlayground.scenario().lanes[0].cache.policy === "sieve");
  assert.equal((await shown())[1], "Valkey LFU now", "the line is given in the new run as well");
  page.assertQuiet();
});

test("errors are the engine's, in words and hue", async () => {
  const page = await openConsole();
  const errors = {
    GET: "(error) ERR wrong number of arguments for 'get' command",
    "SET user:1 v1 EX": "(error) ERR syntax error",
    "SET user:1 hello": "(error) ERR a value is a version of the row, and user:1 has v1",
    NOPE: "(error) ERR unknown command 'NOPE', with args beginning with: ",
  };
  for (const [line, reply] of Object.entries(errors)) {
    assert.equal(await ask(page, line), reply);
    assert.ok(await last(page).evaluate((element) => element.classList.contains("refused")));
  }
  assert.equal(await stepOf(page), 0);
  assert.equal((await ask(page, "HELP")).split("\n").length, 16);
  assert.deepEqual(await accessibilityFaults(page), []);
  page.assertQuiet();
});

test("earlier lines come back, Tab completes, and Tab leaves where there is nothing to complete", async () => {
  const page = await openConsole();
  await ask(page, "DBSIZE");
  await ask(page, "TTL user:1");
  const typed = () => field(page).inputValue();
  await field(page).press("ArrowUp");
  assert.equal(await typed(), "TTL user:1");
  await field(page).press("ArrowUp");
  assert.equal(await typed(), "DBSIZE");
  await field(page).press("ArrowUp");
  assert.equal(await typed(), "DBSIZE", "there is none before");
  await field(page).press("ArrowDown");
  assert.equal(await typed(), "TTL user:1");
  await field(page).press("ArrowDown");
  assert.equal(await typed(), "");

  await field(page).pressSequentially("ge");
  await page.locator("#console-hint").getByText("Tab: GET").waitFor();
  await field(page).press("Tab");
  assert.equal(await typed(), "GET ");
  await field(page).pressSequentially("u");
  await field(page).press("Tab");
  assert.equal(await typed(), "GET user:", "as far as all keys agree");
  await field(page).pressSequentially("3");
  const here = () => page.evaluate(() => document.activeElement.tagName + document.activeElement.textContent);
  await field(page).press("Tab");
  assert.equal(await here(), "BUTTONRun", "a complete line lets go");
  await field(page).fill("");
  await field(page).press("Shift+Tab");
  assert.notEqual(await here(), "INPUT");
  const step = await stepOf(page);
  await field(page).fill("GET user:3");
  await button(page, "Run").click();
  await untilDrawn(page, step + 1);
  assert.equal(await last(page).textContent(), '"v1"');
  page.assertQuiet();
});

test("scripts get the reply, and a refused line names its field", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const command = (given) => api(page, "command", given);
  assert.equal(await command({ type: "console", lane: 1, text: "DBSIZE" }), "(integer) 4");
  assert.equal(await command({ type: "console", text: "get user:1" }), '"v1"');
  assert.equal(await stepOf(page), 1);
  assert.equal(await command({ type: "pause" }), undefined);
  for (const [given, path] of [
    [{ type: "console", lane: 3, text: "DBSIZE" }, "/lane"],
    [{ type: "console", lane: 0, text: "DBSIZE" }, "/lane"],
    [{ type: "console", text: 4 }, "/text"],
    [{ type: "console", text: `GET ${"k".repeat(600)}` }, "/console"],
  ]) {
    const refused = await page.evaluate((of) => {
      try {
        return globalThis.cachePlayground.command(of);
      } catch (error) {
        return { path: error.path, message: error.message };
      }
    }, given);
    assert.equal(refused.path, path, refused.message);
  }
  // The same inputs give the same state.
  const [scenario, hash, step] = [await api(page, "scenario"), await api(page, "stateHash"), await stepOf(page)];
  await api(page, "load", scenario);
  await seek(page, step);
  assert.equal(await api(page, "stateHash"), hash);
  page.assertQuiet();
});
