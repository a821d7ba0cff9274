// Durability, as a person meets it: what a restart takes without a log and brings back with one.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const stageOf = (page, lane) => page.locator(".stage").nth(lane);
const eventsOf = async (page) => api(page, "events", 0, await api(page, "stepCount"));

test("a restart says which acknowledged writes are gone, and the log brings them back", async () => {
  const page = await openPage({ path: "?scenario=restart-durable&motion=reduce" });
  const events = await eventsOf(page);
  const restart = events.filter((event) => event.kind === "fault" && event.text.includes("restarts"));
  assert.match(restart[0].text, /5 acknowledged writes are gone/);
  assert.match(restart[1].text, /answer nothing until they have read the log; no acknowledged write is gone/);
  const restored = events.find((event) => event.kind === "failover" && event.text.includes("has read the log"));
  assert.match(restored.text, /^Node 1 has read the log: it answers again, with 5 entries/);

  const label = (node) => stageOf(page, 1).locator(`.node-box[data-node="${node}"]`).getAttribute("aria-label");
  await seek(page, restart[0].step);
  const [a, b, c] = (await api(page, "frame")).lanes;
  assert.deepEqual([a, b, c].map((lane) => lane.metrics.lost_writes), [5, 0, 0]);
  assert.deepEqual(b.nodes.map((node) => node.unlogged), [0, null]);
  assert.match(await label(1), /primary.*reading the log/);
  await seek(page, restored.step);
  assert.match(await label(1), /5 of 6, logged/);
  assert.equal(await stageOf(page, 1).locator(".log-mark").count(), 1);
  assert.equal(await stageOf(page, 0).locator(".log-mark").count(), 0);
  const { cost } = b;
  assert.equal(cost.parts[1].name, "Durability");
  assert.equal(cost.parts[1].micro_usd, Math.round(cost.parts[0].micro_usd * 0.18));
  page.assertQuiet();
});

test("durability that ElastiCache does not offer is refused with what it takes", async () => {
  const page = await openPage({ path: "?scenario=restart-durable&motion=reduce" });
  const scenario = await api(page, "scenario");
  scenario.lanes[1].cache.deployment.replicas = 0;
  const refused = await page.evaluate((input) => {
    try {
      window.cachePlayground.load(input);
      return null;
    } catch (error) {
      return { message: error.message, path: error.path };
    }
  }, scenario);
  assert.equal(refused.path, "/lanes/1/cache/durability");
  assert.match(refused.message, /at least 1 replica a shard/);
  page.assertQuiet();
});
