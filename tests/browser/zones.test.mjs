// Availability zones as rows of the stage: which nodes are in them, a failover in place, and a zone that goes dark.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown, untilDrawn } from "./harness.mjs";
import { inZones } from "./states.mjs";

afterEach(closePages);
after(shutDown);

/** The rows and the nodes of a lane's stage, as they are drawn. */
const drawn = (page, lane = 0) =>
  page.locator(".stage").nth(lane).evaluate((stage) => {
    const rect = (element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return { left, right, top, bottom };
    };
    const rows = [...stage.querySelectorAll(".zone-row")].map((row) => ({
      zone: row.dataset.zone,
      dark: row.classList.contains("dark"),
      ...rect(row),
    }));
    const nodes = [...stage.querySelectorAll(".node-box")].map((box) => ({
      id: Number(box.dataset.node),
      role: ["primary", "replica"].find((role) => box.classList.contains(role)),
      ...rect(box),
    }));
    return { rows, nodes };
  });

const within = (inner, outer) =>
  inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;

/** That each node stands in the row of its zone only, and in the column of its shard. */
async function assertPlaced(page, lane = 0) {
  const { nodes } = (await api(page, "frame")).lanes[lane];
  const { rows, nodes: boxes } = await drawn(page, lane);
  assert.deepEqual(boxes.map(({ id, role }) => [id, role]), nodes.map(({ id, role }) => [id, role]));
  for (const [nth, { id, zone, shard }] of nodes.entries()) {
    assert.deepEqual(rows.filter((row) => within(boxes[nth], row)).map((row) => row.zone), [zone], `node ${id}`);
    for (const [other, { shard: of }] of nodes.entries()) {
      assert.ok(of <= shard || boxes[nth].right <= boxes[other].left, `shard ${shard} is left of shard ${of}`);
    }
  }
  return { rows, boxes };
}

const places = (boxes) => boxes.map(({ left, top, right, bottom }) => [left, top, right, bottom].map(Math.round));

for (const [width, shards, replicas] of [[1280, 3, 1], [1280, 3, 2], [1280, 1, 4], [760, 2, 1], [390, 3, 2], [320, 3, 1]]) {
  test(`${shards} shards of ${replicas + 1} nodes stand in rows at ${width} px`, async () => {
    const page = await openPage({ path: "?motion=reduce", viewport: { width, height: 900 } });
    await api(page, "load", inZones(shards, replicas));
    await seek(page, 60);
    await assertPlaced(page);
    page.assertQuiet();
  });
}

test("many shards are drawn as cells", async () => {
  const page = await openPage({ path: "?motion=reduce" });
  await api(page, "load", inZones(20, 1));
  await seek(page, 60);
  const { rows, nodes } = await drawn(page);
  assert.equal(rows.length, 0);
  assert.equal(nodes.length, 40);
  page.assertQuiet();
});

test("a zone is taken down from its row with the keyboard, and its shards fail over where they stand", async () => {
  const page = await openPage({ path: "?motion=reduce" });
  await api(page, "load", inZones(3, 1));
  await seek(page, 40);
  const before = await assertPlaced(page);
  assert.ok(before.rows.every(({ dark }) => !dark));
  await page.locator('.stage [data-zone="b"]').first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Take zone b down" }).press("Enter");
  await untilDrawn(page, 41);
  const down = await assertPlaced(page);
  assert.deepEqual(down.rows.map(({ zone, dark }) => [zone, dark]), [["a", false], ["b", true], ["c", false]]);
  assert.equal(await page.locator(".stage").first().locator('[data-zone="b"]').getAttribute("aria-label"), "Zone b: no node answers");
  const events = await api(page, "events", 0, await api(page, "stepCount"));
  const promoted = events.find(({ kind, text }) => kind === "failover" && /becomes the primary/.test(text));
  await seek(page, promoted.step);
  const after = await assertPlaced(page);
  assert.deepEqual(places(after.boxes), places(before.boxes));
  assert.notDeepEqual(after.boxes.map(({ role }) => role), before.boxes.map(({ role }) => role));
  await page.locator('.stage [data-zone="b"]').first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Restart all of zone b" }).press("Enter");
  await untilDrawn(page, promoted.step + 1);
  assert.ok((await drawn(page)).rows.every(({ dark }) => !dark));
  page.assertQuiet();
});

test("the arrow keys go from a zone to its nodes and on to the next zone", async () => {
  const page = await openPage({ path: "?scenario=replica-read&motion=reduce&step=20" });
  await page.locator('.stage [data-zone="a"]').first().focus();
  const focused = () => page.evaluate(() => ({ ...document.activeElement.dataset }));
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await focused(), { node: "1" });
  await page.keyboard.press("ArrowLeft");
  assert.deepEqual(await focused(), { zone: "a" });
  await page.keyboard.press("ArrowDown");
  assert.deepEqual(await focused(), { zone: "b" });
  page.assertQuiet();
});

test("what is asked of a node ends at its box", async () => {
  const page = await openPage({ path: "?motion=reduce" });
  await api(page, "load", inZones(3, 1));
  const asked = new Set();
  for (let step = 30; step < 90; step += 1) {
    await seek(page, step);
    const ends = await page.locator(".stage").first().evaluate((stage) => {
      const way = stage.querySelector(".way.inside.lit");
      const box = stage.querySelector(".node-box.asked");
      if (!way || !box) return null;
      const { x, y } = way.getPointAtLength(way.getTotalLength());
      const { x: left, y: top, width, height } = box.getBBox();
      const there = x >= left - 0.2 && x <= left + width + 0.2 && y >= top - 0.2 && y <= top + height + 0.2;
      return { node: box.dataset.node, there };
    });
    if (ends) {
      assert.ok(ends.there, `step ${step}: node ${ends.node}`);
      asked.add(ends.node);
    }
  }
  assert.equal(asked.size, 3, "each shard's primary was asked");
  page.assertQuiet();
});
