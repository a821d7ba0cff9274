// Replicas, as a person meets them: a read that is behind, a failover by a press, and its stages.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const stageOf = (page, lane) => page.locator(".stage").nth(lane);
const eventsOf = async (page) => api(page, "events", 0, await api(page, "stepCount"));

test("a read from a replica that is behind says what the primary has", async () => {
  const page = await openPage({ path: "?scenario=replica-read&motion=reduce" });
  const behind = (await eventsOf(page)).find((event) => event.kind === "behind");
  assert.equal(behind.lane, 1);
  await seek(page, behind.step);
  const [, node, key, old, fresh] = /^Node (\d) is behind and serves (\S+) v(\d): its primary has v(\d), which/.exec(behind.text);
  const { nodes } = (await api(page, "frame")).lanes[1];
  const version = (of) => of.entries.find((entry) => entry.key === key).version;
  assert.equal(version(nodes[node - 1]), Number(old));
  assert.equal(version(nodes.find((one) => one.role === "primary")), Number(fresh));
  assert.ok(nodes[node - 1].behind > 0);
  const label = await stageOf(page, 1).locator(`.node-box[data-node="${node}"]`).getAttribute("aria-label");
  assert.match(label, /replica, zone [abc].*\d behind/);
  assert.match(await page.locator(".say-text").textContent(), /is behind and serves/);
  page.assertQuiet();
});

test("a primary is stopped by pressing it, and its replica takes over", async () => {
  const page = await openPage({ path: "?scenario=replica-read&motion=reduce&step=20" });
  await stageOf(page, 0).locator('.node-box[data-node="1"]').press("Enter");
  await page.getByRole("menuitemradio", { name: "in lane A only" }).click();
  await page.getByRole("menuitem", { name: "Stop it" }).click();
  const stages = (await eventsOf(page)).filter((event) => event.kind === "failover");
  const told = stages.map((event) => event.text);
  assert.match(told[0], /^Node 1 is taken for failed: nothing has been heard from it for 3 s/);
  assert.match(told[1], /^Node [23] becomes the primary/);
  assert.match(told[2], /^The primary endpoint now leads to node [23]/);
  assert.match(told[3], /has copied its primary's data/);
  await seek(page, stages[1].step);
  const { nodes } = (await api(page, "frame")).lanes[0];
  assert.deepEqual(nodes.map((node) => node.role).toSorted(), ["primary", "replica", "replica"]);
  assert.equal(nodes[0].role, "replica");
  assert.equal(nodes[0].stopped, true);
  assert.equal(nodes.filter((node) => node.syncing).length, 1);
  const { nodes: others } = (await api(page, "frame")).lanes[1];
  assert.equal(others[0].role, "primary", "the other lane was left alone");
  page.assertQuiet();
});
