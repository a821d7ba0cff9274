// A shard that joins or leaves, as a person meets it: what moves, what ASK does, and who is refused when one is lost.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const stageOf = (page, lane) => page.locator(".stage").nth(lane);
const eventsOf = async (page) => api(page, "events", 0, await api(page, "stepCount"));

test("a slot that moves is seen, and so is the ASK that leads to it", async () => {
  const page = await openPage({ path: "?scenario=resharding&motion=reduce" });
  const events = await eventsOf(page);
  const opens = events.find((event) => event.lane === 0 && /begins to move slot 21/.test(event.text));
  await seek(page, opens.step);
  const [shard, , , joined] = (await api(page, "frame")).lanes[0].nodes;
  assert.deepEqual(shard.moving, { slots: [[21, 21]], to: 4 });
  assert.deepEqual(joined.slots, [[0, 20]]);
  assert.match(await stageOf(page, 0).textContent(), /slot 21 → 4/);
  assert.match(await page.locator(".say").first().textContent(), /slot 21/);
  const ask = events.find((event) => event.kind === "ask");
  await seek(page, ask.step);
  const message = (await api(page, "frame")).lanes[0].messages.find((one) => one.moved?.ask);
  assert.deepEqual(message.moved, { slot: 21, to: 4, ask: true });
  assert.match(await stageOf(page, 0).locator(".pill-moved").first().textContent(), /ASK 21/);
  const next = events.find((event) => event.id > ask.id && event.kind === "send" && event.request === ask.request && event.lane === 0);
  assert.equal(next.node, 4);
  // At once: nobody is asked on, and at the end both lanes have the same slots.
  assert.ok(!events.some((event) => event.kind === "ask" && event.lane === 1));
  await seek(page, await api(page, "stepCount"));
  const [slotBySlot, atOnce] = (await api(page, "frame")).lanes;
  assert.deepEqual(slotBySlot.nodes.map((node) => node.slots), atOnce.nodes.map((node) => node.slots));
  assert.equal(slotBySlot.nodes[3].slots.length, 3);
  page.assertQuiet();
});

test("a shard is added and removed by pressing a node", async () => {
  const page = await openPage({ path: "?scenario=moved&motion=reduce&step=40" });
  const press = async (node, words) => {
    await stageOf(page, 0).locator(`[data-node="${node}"]`).click({ position: { x: 120, y: 12 } });
    await page.getByRole("menuitemradio", { name: "in lane A only" }).click();
    await page.getByRole("menuitem", { name: words }).click();
  };
  await press(2, "Add a shard");
  await untilDrawn(page, 41);
  const joined = await api(page, "frame");
  assert.deepEqual(joined.lanes.map((lane) => lane.nodes.length), [4, 3, 3]);
  assert.deepEqual(joined.lanes[0].resharding, { shard: 4, joins: true, slots_left: 4096 });
  await page.keyboard.press("Control+z");
  await untilDrawn(page, 40);
  await press(2, "Remove its shard from the cluster");
  await untilDrawn(page, 41);
  assert.equal((await api(page, "frame")).lanes[0].resharding.joins, false);
  await seek(page, await api(page, "stepCount"));
  const left = (await api(page, "frame")).lanes[0].nodes;
  assert.deepEqual(left.map((node) => [node.in_use, node.slots.length > 0]), [[true, true], [false, false], [true, true]]);
  assert.match(await stageOf(page, 0).textContent(), /has left/);
  page.assertQuiet();
});

test("without full coverage a lost shard takes its own keys, with it all", async () => {
  const page = await openPage({ path: "?scenario=full-coverage&motion=reduce" });
  const events = await eventsOf(page);
  const down = events.find((event) => /The cluster is down/.test(event.text));
  assert.equal(down.lane, 1);
  await seek(page, down.step);
  assert.match(await page.locator(".says, .say").first().textContent(), /full coverage is required/);
  const refused = events.filter((event) => /CLUSTERDOWN/.test(event.text));
  assert.ok(refused.length > 20 && refused.every((event) => event.lane === 1));
  page.assertQuiet();
});
