// The panel that follows a key or a request: what it lists is the log, what it draws are the request's
// messages, and the file it saves is a drawing that stands on its own.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, test } from "node:test";
import {
  address,
  api,
  closePages,
  newPage,
  openPage,
  seek,
  shutDown,
  stepOf,
  untilDrawn,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const panel = (page) => page.locator("#follow");
const field = (page) => panel(page).getByRole("combobox", { name: "Key or request number to follow" });
const button = (page, name) => panel(page).getByRole("button", { name, exact: true });

/** Opens the page with the panel open. */
async function openPanel(options) {
  const page = await openPage(options);
  // A wide page opens it by itself.
  const tab = page.getByRole("button", { name: "Follow", exact: true });
  if ((await tab.getAttribute("aria-expanded")) === "false") {
    await tab.click();
  }
  await panel(page).waitFor();
  return page;
}

async function follow(page, what) {
  await field(page).fill(what);
  await field(page).press("Enter");
}

const squeezed = (text) => text.replaceAll(/\s+/g, " ").trim();

/** The list of events: of each its step, its lanes, its sentence, and how it is shown. */
function listed(page) {
  return panel(page).locator(".events-list li").evaluateAll((rows) =>
    rows.map((row) => ({
      step: Number(row.dataset.step),
      lanes: [...row.querySelectorAll(".tag")].map((tag) => tag.textContent.charCodeAt(0) - 65),
      text: row.querySelector(".event-said").textContent.replaceAll(/\s+/g, " ").trim(),
      time: ["now", "ahead"].find((name) => row.classList.contains(name)) ?? "past",
    })),
  );
}

/** The same as the page's own list should be, from `events()`: lanes that share a sentence together. */
function expectedOf(events, at) {
  const rows = [];
  for (const { step, lane, text, request } of events) {
    const same = rows.find(
      (row) => row.step === step && row.text === text && row.request === request && !row.lanes.includes(lane),
    );
    if (same) {
      same.lanes.push(lane);
    } else {
      const time = step < at ? "past" : step === at ? "now" : "ahead";
      rows.push({ step, lanes: [lane], text: squeezed(text), request, time });
    }
  }
  return rows.map(({ step, lanes, text, time }) => ({ step, lanes, text, time }));
}

test("with nothing chosen, every event of the request on the stage is listed", async () => {
  const page = await openPanel();
  await panel(page).getByText("No request has begun yet").waitFor();
  const events = await api(page, "events", 1, await api(page, "stepCount"));
  for (const step of [1, 8, 19, 30]) {
    await seek(page, step);
    const frame = await api(page, "frame");
    const shown = frame.lanes.map((lane) => lane.told_request ?? 0);
    const request = Math.max(...shown);
    await panel(page).getByRole("heading", { name: `Every event of request ${request}`, exact: true }).waitFor();
    const expected = expectedOf(events.filter((event) => event.request === request), step);
    assert.ok(expected.length >= 4);
    assert.deepEqual(await listed(page), expected, `step ${step}`);
  }
  page.assertQuiet();
});

test("a key is followed through every request and lane, forward and back", async () => {
  const page = await openPanel();
  await seek(page, 20);
  await follow(page, "user:2");
  const events = await api(page, "events", 1, await api(page, "stepCount"));
  const about = events.filter(({ key, kind }) => key === "user:2" && !["fault", "idle"].includes(kind));
  await panel(page).getByRole("heading", { name: "Every event of user:2" }).waitFor();
  assert.deepEqual(await listed(page), expectedOf(about, 20));

  const steps = [...new Set(about.map(({ step }) => step))];
  const next = steps.find((step) => step > 20);
  await button(page, "Next event").click();
  await untilDrawn(page, next);
  assert.equal(await stepOf(page), next);
  await button(page, "Previous event").click();
  const before = steps.filter((step) => step < next).at(-1);
  await untilDrawn(page, before);
  assert.deepEqual(await listed(page), expectedOf(about, before));

  // A click on an event goes to its step.
  await panel(page).locator(`.events-list li[data-step="${steps.at(-1)}"] button`).first().click();
  await untilDrawn(page, steps.at(-1));

  // What is held of it now is what the frame says.
  const { lanes } = await api(page, "frame");
  const standing = await panel(page).locator(".standing li").allTextContents();
  for (const [i, { cache, database }] of lanes.entries()) {
    const row = database.rows.find(({ key }) => key === "user:2");
    const entry = cache.entries.find(({ key }) => key === "user:2");
    assert.ok(standing[i].includes(`row v${row.version}`), standing[i]);
    const held = entry ? `cache v${entry.version}${entry.stale ? ", stale" : ""}` : "not in the cache";
    assert.ok(standing[i].includes(held), `${standing[i]}: ${held}`);
  }
  await button(page, "Stop following").click();
  await panel(page).locator(".standing").waitFor({ state: "detached" });
  page.assertQuiet();
});

test("what cannot be followed gets one sentence, and nothing is lost", async () => {
  const page = await openPanel();
  await seek(page, 8);
  const before = await listed(page);
  for (const bad of ["user:99", "0", "14", "#", "request x", "<b>"]) {
    await follow(page, bad);
    const alert = panel(page).getByRole("alert");
    await alert.filter({ hasText: `“${bad}”` }).waitFor();
    const text = await alert.textContent();
    assert.match(text, /There is no .* such as user:1, or a request’s number, from 1 to 13\.$/);
    assert.equal(await field(page).inputValue(), bad, "what was typed can be mended");
    assert.deepEqual(await listed(page), before);
  }
  await follow(page, "#3");
  await panel(page).getByRole("heading", { name: "Every event of request 3" }).waitFor();
  assert.equal(await panel(page).getByRole("alert").count(), 0);
  page.assertQuiet();
});

/** What the diagram lists in words, lane by lane. */
function arrows(page) {
  return panel(page).locator(".sequence ol").evaluateAll((lists) =>
    lists.map((list) => [...list.querySelectorAll("button")].map((item) => item.textContent)),
  );
}

test("the diagram has an arrow for every message, in the order and at the times of the log", async () => {
  const page = await openPanel();
  const events = await api(page, "events", 1, await api(page, "stepCount"));
  for (const request of [2, 3, 5]) {
    await follow(page, String(request));
    await panel(page).getByRole("heading", { name: new RegExp(`^Request ${request} · `) }).waitFor();
    const drawn = await arrows(page);
    for (const lane of [0, 1]) {
      const own = events.filter((event) => event.request === request && event.lane === lane);
      const sent = own.filter(({ kind }) => kind === "send");
      const began = own[0].at_us;
      const messages = drawn[lane].filter((text) => !/: (waits|sleeps) /.test(text));
      // Each message is answered, and the client's own two are drawn as well.
      assert.equal(messages.length, 2 * sent.length + 2, messages.join("\n"));
      for (const { text, at_us } of sent) {
        const us = at_us - began;
        const after = us < 1000 ? `After ${us} µs` : `After ${Number((us / 1000).toPrecision(3))} ms`;
        const listed = messages.find((message) => message.includes(text));
        assert.ok(listed?.startsWith(after), `${after}: ${listed}`);
      }
      const lines = await panel(page).locator(".seq-lane").nth(lane).locator(".seq-tip, .seq-cross").count();
      assert.equal(lines, messages.length, "as many are drawn as are listed");
    }
  }
  page.assertQuiet();
});

test("the drawing is to one scale: twice the time is twice as far, and the playhead is on it", async () => {
  const page = await openPanel();
  await seek(page, 8);
  const ticks = await panel(page).locator(".seq-lane").first().locator(".seq-at").evaluateAll((labels) =>
    labels.map((label) => ({ text: label.textContent, y: Number(label.getAttribute("y")) })),
  );
  const us = ({ text }) => Number.parseFloat(text) * (text.endsWith("ms") ? 1000 : 1);
  const [first, ...others] = ticks;
  assert.ok(others.length >= 3, "there are ticks with units");
  const perUs = others.map((tick) => (tick.y - first.y) / us(tick));
  for (const ratio of perUs) {
    assert.ok(Math.abs(ratio / perUs[0] - 1) < 0.02, perUs.join());
  }
  const frame = await api(page, "frame");
  const shown = frame.lanes[0].requests[0] ?? frame.lanes[0].last_request;
  const knob = await panel(page).locator(".seq-lane").first().locator(".seq-knob").getAttribute("cy");
  const since = frame.at_us - shown.started_at_us;
  assert.ok(Math.abs(Number(knob) - (first.y - 5) - since * perUs.at(-1)) < 2);

  await button(page, "Log scale").click();
  const text = await panel(page).locator(".seq-lane").first().locator(".seq-at").allTextContents();
  assert.deepEqual(text.slice(0, 3), ["0", "100 µs", "1 ms"]);
  page.assertQuiet();
});

test("pointing at an arrow and the arrow keys tell its sentence, and pressing goes there", async () => {
  const page = await openPanel();
  await seek(page, 3);
  const said = panel(page).locator(".seq-said");
  const items = panel(page).locator(".sequence ol").first().getByRole("button");
  await items.first().focus();
  await page.keyboard.press("ArrowDown");
  await said.filter({ hasText: "App to cache" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await said.filter({ hasText: "Cache to app" }).waitFor();
  assert.equal(await panel(page).locator(".seq-item.hot").count(), 1, "the drawing shows where that is");
  const target = await items.nth(2).textContent();
  await page.keyboard.press("Enter");
  const events = await api(page, "events", 1, await api(page, "stepCount"));
  const at = await stepOf(page);
  const there = events.filter(({ step, lane }) => step === at && lane === 0);
  assert.ok(there.some(({ text }) => target.includes(text)), target);
  page.assertQuiet();
});

/** A page without a policy: ours lets nobody parse a text. */
function blank() {
  return newPage();
}

test("the saved file is an SVG drawing that stands on its own", async () => {
  const page = await openPanel({ colorScheme: "dark" });
  await seek(page, 8);
  const labels = await panel(page).locator(".seq-label").allTextContents();
  assert.ok(labels.length >= 8);
  const downloading = page.waitForEvent("download");
  await button(page, "Save as SVG").click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^request-2-get-user-7-.*\.svg$/);
  const file = await readFile(await download.path(), "utf8");
  const found = await (await blank()).evaluate((text) => {
    const root = new DOMParser().parseFromString(text, "image/svg+xml");
    const all = [...root.querySelectorAll("*")];
    return {
      error: root.querySelector("parsererror")?.textContent,
      name: root.documentElement.nodeName,
      sides: ["width", "height", "viewBox"].map((side) => root.documentElement.getAttribute(side)),
      title: root.querySelector("title")?.textContent,
      texts: [...root.querySelectorAll("text")].map((element) => element.textContent),
      classes: all.filter((element) => element.hasAttribute("class") || element.hasAttribute("style")).length,
      fonts: [...new Set(all.map((element) => element.getAttribute("font-family")).filter(Boolean))],
      variables: /var\(|light-dark/.test(text),
      uncoloured: [...root.querySelectorAll("text")].filter((element) => !/^rgb/.test(element.getAttribute("fill"))).length,
    };
  }, file);
  assert.equal(found.error, undefined);
  assert.equal(found.name, "svg");
  assert.ok(found.sides.every(Boolean));
  assert.match(found.title, /^Request 2 · get user:7 · Cache-aside or write-through\?$/);
  for (const label of labels) {
    assert.ok(found.texts.includes(label), label);
  }
  assert.equal(found.classes, 0);
  assert.deepEqual(found.fonts, ["sans-serif"]);
  assert.equal(found.variables, false);
  assert.equal(found.uncoloured, 0, "every colour is resolved");
  page.assertQuiet();
});

test("keys that look like markup are written as text, into the file as well", async () => {
  const page = await openPanel();
  const scenario = await api(page, "scenario");
  const key = `<a&"]]>\u0001`;
  scenario.workload = { script: [{ at_us: 0, op: "read", key }] };
  scenario.warm = [];
  const accepted = await page.evaluate((input) => {
    try {
      globalThis.cachePlayground.load(input);
      return true;
    } catch {
      return false;
    }
  }, scenario);
  if (!accepted) {
    // Where such a name is refused at the door, one without the control character is not.
    scenario.workload.script[0].key = `<a&"]]>`;
    await api(page, "load", scenario);
  }
  await seek(page, 1);
  const downloading = page.waitForEvent("download");
  await button(page, "Save as SVG").click();
  const file = await readFile(await (await downloading).path(), "utf8");
  const [error, texts] = await (await blank()).evaluate((text) => {
    const root = new DOMParser().parseFromString(text, "image/svg+xml");
    return [
      root.querySelector("parsererror")?.textContent,
      [...root.querySelectorAll("text")].map((element) => element.textContent),
    ];
  }, file);
  assert.equal(error, undefined);
  assert.ok(texts.some((text) => text.startsWith(`GET <a&"]]>`)), texts.join("\n"));
  page.assertQuiet();
});

test("while playing, the playhead of the diagram goes through the time between two steps", async () => {
  const page = await openPanel();
  await seek(page, 7);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Space");
  const places = await page.evaluate(async () => {
    const seen = new Map();
    for (let i = 0; i < 60; i += 1) {
      await new Promise(requestAnimationFrame);
      const { step } = cachePlayground.frame();
      const knob = document.querySelector(".seq-knob");
      if (knob) seen.set(step, (seen.get(step) ?? new Set()).add(knob.getAttribute("cy")));
    }
    return [...seen.values()].map((of) => of.size);
  });
  await page.keyboard.press("Space");
  assert.ok(Math.max(...places) > 4, `${places}`);
  page.assertQuiet();
});

test("in a sandboxed frame that may save nothing, the page says so and goes on", async () => {
  const page = await newPage();
  const body = `<iframe title="A simulation" sandbox="allow-scripts" src="${address()}" width="1200" height="780"></iframe>`;
  await page.route(address("host"), (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(address("host"));
  const frame = page.frameLocator("iframe");
  await frame.locator("html[data-ready='true']").waitFor({ state: "attached", timeout: 20_000 });
  await frame.getByRole("button", { name: "Step", exact: true }).click();
  await frame.getByRole("button", { name: "Follow", exact: true }).click();
  await frame.getByRole("button", { name: "Save as SVG" }).click();
  await frame.locator(".notice.refused", { hasText: "may not be allowed to save files" }).waitFor();
  await frame.getByRole("button", { name: "Next event", exact: true }).click();
  page.assertQuiet({ except: [/download/i] });
});

test("following an entry answers by the sentence, where the way to the panel is and the end of following", async () => {
  for (const viewport of [{ width: 360, height: 740 }, { width: 1280, height: 800 }]) {
    const page = await openPage({ viewport, reducedMotion: "reduce" });
    await seek(page, 5);
    const top = () => page.locator(".lanes").evaluate((lanes) => lanes.getBoundingClientRect().top + scrollY);
    const before = await top();
    const key = await page.locator(".chip[data-key]").first().getAttribute("data-key");
    await page.locator(".chip[data-key]").first().click();
    await page.getByRole("menuitem", { name: "Follow it" }).click();
    const said = page.locator(".following");
    await said.getByText(key, { exact: true }).waitFor();
    assert.equal(await top(), before, "the stage stays");
    await said.getByRole("button", { name: "show" }).click();
    await page.waitForFunction(() => document.activeElement.id === "follow");
    const seen = await panel(page).evaluate((of) => {
      const { top } = of.getBoundingClientRect();
      return top >= 0 && top < document.querySelector(".dock").getBoundingClientRect().top - 100;
    });
    assert.ok(seen, "the panel is in view");
    await said.getByRole("button", { name: `Stop following ${key}` }).press("Enter");
    await said.waitFor({ state: "detached" });
    assert.equal(await page.locator(".followed, .stage .ring").count(), 0);
    page.assertQuiet();
  }
});
