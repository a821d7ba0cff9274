// Printing gives a handout of one page, on A4 and on Letter. That its QR code can be read is tested natively, in
// src/view/print/qr.rs.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import { api, button, closePages, openPage, seek, shutDown } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const race = JSON.parse(readFileSync(new URL("../support/data/scenarios/race.json", import.meta.url), "utf8"));
const target = new URL("../../target/screenshots/", import.meta.url);

/** Scenarios with one to four lanes, long sentences and titles, and what is too large for a link. */
const SCENES = {
  opening: (page) => seek(page, 25),
  "opening-start": () => undefined,
  race: async (page) => {
    await api(page, "load", race);
    await seek(page, await api(page, "stepCount"));
  },
  "four-lanes": async (page) => {
    const scenario = await api(page, "scenario");
    const [a, b] = scenario.lanes;
    await api(page, "load", { ...scenario, lanes: [a, b, { ...a, cache: { ...a.cache, policy: "sieve" } }, { ...b, cache: { ...b.cache, policy: "arc" } }] });
    await seek(page, 30);
  },
  "one-lane": async (page) => {
    const scenario = await api(page, "scenario");
    await api(page, "load", { ...scenario, lanes: [scenario.lanes[0]] });
    await seek(page, 22);
  },
  "too-large": async (page) => {
    const script = Array.from({ length: 900 }, (_, i) => ({ at_us: String(i * 1000), client: 1, key: `product:${(i * i * 7) % 613}` }));
    await page.locator("#trace-file").setInputFiles({ name: "keys.txt", mimeType: "text/plain", buffer: Buffer.from(script.map(({ key }) => key).join("\n")) });
    await page.locator(".whole-file").waitFor();
    await seek(page, 300);
  },
};

const pagesOf = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;

for (const [name, reach] of Object.entries(SCENES)) {
  test(`the handout has one page: ${name}`, async () => {
    const page = await openPage({ reducedMotion: "reduce", colorScheme: "dark" });
    await reach(page);
    for (const format of ["A4", "Letter"]) {
      // With the paper's own margins, as a person's browser prints.
      const pdf = await page.pdf({ format, preferCSSPageSize: false, printBackground: true });
      mkdirSync(target, { recursive: true });
      writeFileSync(new URL(`print-${name}-${format}.pdf`, target), pdf);
      assert.equal(pagesOf(pdf), 1, format);
    }
    page.assertQuiet();
  });
}

/** The page as it is while the browser prints. */
async function whilePrinting(page) {
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.locator(".handout").waitFor();
}

test("the handout has the scene, the pictures, the numbers, and a link to this moment", async () => {
  const page = await openPage({ reducedMotion: "reduce", colorScheme: "dark" });
  await seek(page, 25);
  const hash = await api(page, "stateHash");
  const { title } = await api(page, "scenario");
  await whilePrinting(page);
  const handout = page.locator(".handout");
  assert.equal(await handout.locator("h1").innerText(), title);
  assert.match(await handout.innerText(), /\?\n/, "the question that the scene answers");
  assert.ok(await page.locator(".bar-top, .dock, main").evaluateAll((parts) => parts.every((part) => !part.checkVisibility())));
  assert.equal(await handout.locator(".stage").count(), 4);
  const outside = await handout.locator("section, figure, .stage, footer, p").evaluateAll((parts) => {
    const sheet = document.querySelector(".handout").getBoundingClientRect();
    return parts.filter((part) => part.getBoundingClientRect().bottom > sheet.bottom + 1).map((part) => part.className);
  });
  assert.deepEqual(outside, []);
  // The numbers are the frame's.
  const { lanes } = await api(page, "frame");
  const rows = await handout.locator("footer tbody tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  rows.slice(0, 2).forEach(([, hits, , reads, stale], i) => {
    const { metrics } = lanes[i];
    assert.equal(Number.parseFloat(hits), Math.round((metrics.hits * 1000) / (metrics.hits + metrics.misses)) / 10);
    assert.deepEqual([reads, stale], [metrics.database_reads, metrics.stale_reads].map(String));
  });
  // Light, whatever the page is.
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(ground, "rgb(255, 255, 255)");
  assert.equal(await handout.locator(".handout-qr path").count(), 1);
  const link = await handout.locator(".handout-address a").getAttribute("href");
  const other = await openPage({ path: new URL(link).hash, reducedMotion: "reduce" });
  assert.equal(await api(other, "stateHash"), hash);
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await handout.waitFor({ state: "detached" });
  page.assertQuiet();
});

test("the button in the Share sheet prints, when the handout is there", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await page.evaluate(() => (window.print = () => (window.printed = document.querySelectorAll(".handout .stage").length)));
  await button(page, "Share").click();
  await button(page, "Print a handout").click();
  await page.waitForFunction(() => window.printed === 4);
  page.assertQuiet();
});
