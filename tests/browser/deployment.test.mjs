// A cache of several nodes, as a person meets it: who is asked, what MOVED does, what is lost with a node.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const stageOf = (page, lane) => page.locator(".stage").nth(lane);

test("a MOVED travels back, and the command goes to the owner it names", async () => {
  const page = await openPage({ path: "?scenario=moved&motion=reduce" });
  const events = await api(page, "events", 0, await api(page, "stepCount"));
  const moved = events.find((event) => event.kind === "moved" && event.lane === 1);
  await seek(page, moved.step);
  const [, slot] = /MOVED (\d+)/.exec(moved.text);
  const pill = stageOf(page, 1).locator(".pill-moved");
  assert.match(await pill.textContent(), new RegExp(`MOVED ${slot}`));
  const frame = await api(page, "frame");
  const message = frame.lanes[1].messages.find((one) => one.moved !== null);
  assert.equal(message.moved.slot, Number(slot));
  const owner = frame.lanes[1].nodes.find((node) => node.slots.some(([first, last]) => first <= slot && slot <= last));
  assert.equal(message.moved.to, owner.id);
  assert.match(moved.text, new RegExp(`shard ${owner.id} owns`));
  // The next thing that this request sends goes there.
  const next = events.find((event) => event.id > moved.id && event.kind === "send" && event.request === moved.request && event.lane === 1);
  assert.equal(next.node, owner.id);
  await seek(page, next.step);
  assert.equal(await stageOf(page, 1).locator(".node-box.asked").getAttribute("data-node"), String(owner.id));
  page.assertQuiet();
});

test("a node is stopped by pressing it, and by that name undone", async () => {
  const page = await openPage({ path: "?scenario=moved&motion=reduce&step=40" });
  await stageOf(page, 0).locator('[data-node="2"]').click({ position: { x: 120, y: 12 } });
  await page.getByRole("menuitemradio", { name: "in lane A only" }).click();
  await page.getByRole("menuitem", { name: "Stop it" }).click();
  await untilDrawn(page, 41);
  const stopped = await api(page, "frame");
  assert.deepEqual(stopped.lanes.map((lane) => lane.nodes[1].reachable), [false, true, true]);
  assert.equal(stopped.lanes[0].nodes[1].used, 0);
  assert.match(await page.locator(".say").textContent(), /Shard 2 stops/);
  assert.match(await stageOf(page, 0).textContent(), /stopped/);
  await page.keyboard.press("Control+z");
  await untilDrawn(page, 40);
  // The same by a script, which names the node.
  await api(page, "command", { type: "fault", fault: "stop-cache-node", lane: 1, node: 2 });
  assert.deepEqual((await api(page, "frame")).lanes, stopped.lanes);
  await page.keyboard.press("Control+z");
  await untilDrawn(page, 40);
  assert.ok((await api(page, "frame")).lanes[0].nodes[1].reachable);
  page.assertQuiet();
});

test("a deployment is set up in Set-up, is in the link, and a bad one is refused by field and range", async () => {
  const page = await openPage({ path: "?motion=reduce" });
  const scenario = await api(page, "scenario");
  const clustered = structuredClone(scenario);
  clustered.lanes[0].cache.deployment = { kind: "cluster", shards: 4 };
  await api(page, "load", clustered);
  assert.equal((await api(page, "frame")).lanes[0].nodes.length, 4);
  await seek(page, 9);
  await page.waitForFunction(() => location.hash.length > 3);
  const other = await openPage({ path: new URL(page.url()).search + new URL(page.url()).hash });
  const deploymentOf = async (of) => (await api(of, "scenario")).lanes[0].cache.deployment;
  const { kind, shards, client, replicas } = await deploymentOf(other);
  assert.deepEqual({ kind, shards, client, replicas }, { kind: "cluster", shards: 4, client: "cluster-aware", replicas: 0 });
  assert.deepEqual(await deploymentOf(other), await deploymentOf(page));
  assert.equal(await api(other, "stateHash"), await api(page, "stateHash"));
  const refused = await page.evaluate((scenario) => {
    scenario.lanes[0].cache.deployment = { kind: "cluster", shards: 501 };
    try {
      cachePlayground.load(scenario);
      return undefined;
    } catch (error) {
      return { path: error.path, message: error.message };
    }
  }, scenario);
  assert.equal(refused.path, "/lanes/0/cache/deployment/shards");
  assert.match(refused.message, /1 to 500.*501/);
  // Nothing is lost by it.
  assert.equal((await api(page, "frame")).lanes[0].nodes.length, 4);
  page.assertQuiet();
});
