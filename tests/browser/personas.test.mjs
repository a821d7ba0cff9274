// What each kind of visitor comes for, from the opening page and with nothing but the page.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, button, closePages, openPage, scenesButton, seek, shutDown, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

/** Presses buttons one after the other, and says how many there were. */
async function press(page, ...buttons) {
  for (const one of buttons) await one.click();
  return buttons.length;
}

const scene = (page, title) => page.locator("#scenes").getByRole("button", { name: title, exact: true });

/** The five demonstrations of a workshop: what to press, and what has to be there then. */
const demos = {
  patterns: {
    presses: (page) => [button(page, "Play")],
    async shows(page) {
      const { lanes } = await api(page, "frame");
      assert.deepEqual(lanes.map(({ name }) => name), ["Cache-aside", "Write-through"]);
      await page.waitForFunction(() => globalThis.cachePlayground.frame().step > 0);
    },
  },
  "policies under a scan": {
    presses: (page) => [scenesButton(page), scene(page, "A scan runs through"), button(page, "Play")],
    async shows(page) {
      const policies = (await api(page, "frame")).lanes.map(({ cache }) => cache.policy);
      assert.ok(["lru", "lfu", "s3fifo"].every((policy) => policies.includes(policy)), policies.join());
    },
  },
  stampede: {
    presses: (page) => [scenesButton(page), scene(page, "A stampede on one key"), button(page, "Play")],
    async shows(page) {
      await seek(page, await api(page, "stepCount"));
      const [herd, one] = (await api(page, "frame")).lanes.map(({ metrics }) => metrics.database_reads);
      assert.ok(herd > 2 * one, `${herd} and ${one} reads`);
    },
  },
  collapse: {
    presses: (page) => [scenesButton(page), scene(page, "A cold cache and a collapse"), button(page, "Play")],
    async shows(page) {
      await seek(page, await api(page, "stepCount"));
      const queues = (await api(page, "frame")).lanes.map(({ metrics }) => metrics.queued_max);
      assert.ok(Math.max(...queues) >= 100, queues.join());
    },
  },
  share: {
    presses: (page) => [button(page, "Share")],
    async shows(page) {
      const link = await page.locator("dialog input").first().inputValue();
      assert.match(link, /#v1\./);
    },
  },
};

for (const [name, { presses, shows }] of Object.entries(demos)) {
  test(`the demonstration of ${name} is at most three presses away`, async () => {
    const page = await openPage({ reducedMotion: "reduce" });
    assert.ok((await press(page, ...presses(page))) <= 3);
    await shows(page);
    page.assertQuiet();
  });
}

test("a learner reads on: the recap of a scene leads to the next one, and back to its beginning", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  for (let scenes = 0; scenes < 3; scenes += 1) {
    await seek(page, await api(page, "stepCount"));
    const next = page.locator(".recap-next button").first();
    const title = await next.textContent();
    await next.click();
    await untilDrawn(page, 0);
    assert.equal((await api(page, "scenario")).title, title);
    const question = await page.locator(".say-text").innerText();
    assert.ok(question.length > 40, question);
  }
  page.assertQuiet();
});

test("where there are only writes, the four numbers are about writes", async () => {
  const page = await openPage({ path: "?scenario=rate-limiter", reducedMotion: "reduce" });
  const names = await page.locator(".figure h3").allTextContents();
  assert.deepEqual(names, ["Typical write", "Database writes", "Database queue", "Errors"]);
  page.assertQuiet();
});

test("four numbers first, all of them on request, and each word explains itself", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  assert.equal(await page.locator(".figure").count(), 4);
  assert.equal(await page.locator(".metrics").count(), 0);
  const word = page.locator(".figure .term").first();
  await word.hover();
  await page.getByRole("tooltip").getByText(/^The share of look-ups that were hits/).waitFor();
  await page.mouse.move(0, 0);
  await page.getByRole("tooltip").waitFor({ state: "detached" });
  await word.focus();
  await page.getByRole("tooltip").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("tooltip").waitFor({ state: "detached" });
  page.assertQuiet();
});
