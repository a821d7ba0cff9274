// Regions of a Global Datastore, as a person meets them: who is asked, and that somebody has to promote one.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, button, closePages, openPage, seek, shutDown } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const stageOf = (page, lane) => page.locator(".stage").nth(lane);
const region = (page, lane, number) => stageOf(page, lane).locator(`.node-box[data-node="${number}"]`);
const eventsOf = async (page) => api(page, "events", 0, await api(page, "stepCount"));

test("a lost Region stays lost until a person promotes another one", async () => {
  const page = await openPage({ path: "?scenario=lost-region&motion=reduce" });
  const events = await eventsOf(page);
  const told = (lane, kind) => events.filter((event) => event.lane === lane && event.kind === kind);
  assert.match(told(1, "fault")[0].text, /^Region 1 stops.*if it is the primary Region, no other takes over until a person promotes one/);
  assert.match(told(1, "fault")[1].text, /^Region 2 is being promoted: in 30 s it takes the writes/);
  assert.equal(told(0, "failover").length, 0);
  assert.match(told(1, "failover")[0].text, /^Region 2 is the primary Region now: 1 change of Region 1 had not reached it, and is lost/);

  await seek(page, told(1, "fault")[1].step);
  assert.match(await region(page, 1, 2).getAttribute("aria-label"), /^Region 2, being promoted/);
  await seek(page, told(1, "failover")[0].step);
  assert.match(await region(page, 1, 2).getAttribute("aria-label"), /^Region 2, primary Region/);
  assert.match(await region(page, 0, 2).getAttribute("aria-label"), /^Region 2, secondary Region/);
  const [a, b] = (await api(page, "frame")).lanes;
  assert.deepEqual(b.nodes.map((node) => [node.region, node.role]), [[1, "replica"], [2, "primary"]]);
  assert.deepEqual(a.nodes.map((node) => node.role), ["primary", "replica"]);
  assert.equal(b.cost.serverless, null);
  const part = b.cost.parts.find((part) => part.name === "Between Regions");
  assert.equal(part.micro_usd, null);
  assert.match(part.text, /^not priced/);
  page.assertQuiet();
});

test("a Region is promoted from its menu, in the lane where nobody had", async () => {
  const page = await openPage({ path: "?scenario=lost-region&motion=reduce" });
  const stop = (await eventsOf(page)).find((event) => event.lane === 0 && event.kind === "fault");
  await seek(page, stop.step);
  await region(page, 0, 2).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Promote this Region" }).click();
  await page.waitForFunction(() => cachePlayground.frame().lanes[0].nodes[1].promoting);
  const promoted = (await eventsOf(page)).find((event) => event.lane === 0 && event.kind === "failover");
  assert.match(promoted.text, /^Region 2 is the primary Region now/);
  page.assertQuiet();
});

test("chosen in the set-up it brings larger nodes, and nothing else differs", async () => {
  const page = await openPage({ path: "?motion=reduce" });
  await button(page, "Set-up").click();
  const panel = page.locator("#set-up");
  await panel.getByRole("button", { name: "Cache", exact: true }).click();
  const row = (name) => panel.getByLabel(`${name} of lane A`, { exact: true });
  assert.equal(await row("Regions").count(), 0);
  await row("Deployment").selectOption({ label: "Global Datastore" });
  await row("Regions").waitFor();
  assert.equal(await row("Shards").count(), 0);
  const { deployment } = (await api(page, "scenario")).lanes[0].cache;
  assert.deepEqual([deployment.kind, deployment.node_type], ["global-datastore", "m7g.large"]);
  await page.locator(".compare").getByText("differ in writes, deployment and node type.").waitFor();
  page.assertQuiet();
});

test("what ElastiCache does not offer is refused with what it takes", async () => {
  const page = await openPage({ path: "?scenario=lost-region&motion=reduce" });
  const scenario = await api(page, "scenario");
  const refused = (changes) =>
    page.evaluate(
      ([input, changes]) => {
        Object.assign(input.lanes[0].cache.deployment, changes);
        try {
          window.cachePlayground.load(input);
          return null;
        } catch (error) {
          return { message: error.message, path: error.path };
        }
      },
      [scenario, changes],
    );
  const small = await refused({ node_type: "t4g.micro" });
  assert.equal(small.path, "/lanes/0/cache/deployment/node_type");
  assert.match(small.message, /"m7g.large" or "r7g.large" in a Global Datastore/);
  const many = await refused({ regions: 4 });
  assert.equal(many.path, "/lanes/0/cache/deployment/regions");
  assert.match(many.message, /from 2 to 3/);
  page.assertQuiet();
});
