// The page starts, and says so readably when it cannot.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { accessibilityFaults, address, newPage, openPage, shutDown, untilReady } from "./harness.mjs";

after(shutDown);

test("the page becomes ready under the documented policy, without a complaint", async () => {
  const page = await openPage();
  const policy = (await page.request.get(address())).headers()["content-security-policy"];
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.ok(await page.locator("#app > *").first().isVisible());
  assert.ok(await page.locator("#failure").isHidden());
  page.assertQuiet();
});

test("the page has nothing inline and only relative addresses", async () => {
  const page = await newPage();
  const html = await (await page.request.get(address())).text();
  assert.doesNotMatch(html, /\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|integrity|nonce/);
  for (const [, target] of html.matchAll(/\s(?:src|href|data-js|data-wasm)=["']?([^\s"'>]+)/g)) {
    assert.match(target, /^(\.\/|#)/);
  }
});

test("the policy that the tests run under is enforced, and a breach is seen", async () => {
  const page = await openPage();
  await page.evaluate(() => document.body.append(document.createElement("style")));
  await page.evaluate(() => (document.querySelector("style").textContent = "p { color: red }"));
  await page.waitForTimeout(100);
  assert.throws(() => page.assertQuiet(), /style-src/);
});

test("the page starts in a sub-folder of a host", async () => {
  const page = await newPage();
  await page.route(address("some/folder/**"), async (route) => {
    const response = await route.fetch({ url: route.request().url().replace("some/folder/", "") });
    await route.fulfill({ response });
  });
  await page.goto(address("some/folder/"));
  await untilReady(page);
  page.assertQuiet();
});

test("a wrong MIME type of the wasm file is survived", async () => {
  const page = await newPage();
  await page.route("**/*.wasm", async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      headers: { ...response.headers(), "content-type": "text/plain" },
    });
  });
  await page.goto(address());
  await untilReady(page);
  page.assertQuiet();
});

/** How long static/watchdog.js waits; the tests let that time pass at once. */
const WATCHDOG_MS = 8_000;

/** What is done to a file on its way, and what the card then says. */
const faults = {
  "a missing wasm file": {
    file: "**/*.wasm",
    fate: (route) => route.fulfill({ status: 404, body: "" }),
    sentence: /^The simulation's file is missing or damaged\. Check the connection and try again\.$/,
    details: /404/,
  },
  "a wasm file that is broken off": {
    file: "**/*.wasm",
    fate: async (route) => {
      const response = await route.fetch();
      const body = (await response.body()).subarray(0, 20_000);
      await route.fulfill({ status: 200, contentType: "application/wasm", body });
    },
    sentence: /^The simulation's file is missing or damaged\./,
    details: /CompileError/,
  },
  "a connection lost before the wasm file": {
    file: "**/*.wasm",
    fate: (route) => route.abort(),
    sentence: /^The simulation's file is missing or damaged\./,
    details: /TypeError/,
  },
  "a missing program": {
    file: "**/cache-playground-*.js",
    fate: (route) => route.fulfill({ status: 404, body: "" }),
    sentence: /^The program could not be loaded\./,
    details: /TypeError/,
  },
  "a missing loader": {
    file: "**/start.js",
    fate: (route) => route.fulfill({ status: 404, body: "" }),
    sentence: /^The page could not start\./,
    later_ms: WATCHDOG_MS,
  },
};

for (const [name, { file, fate, sentence, details, later_ms = 0 }] of Object.entries(faults)) {
  test(`${name} gives a card with a way out`, async () => {
    const page = await newPage();
    await page.clock.install();
    await page.route(file, fate);
    await page.goto(address("#v1.kept"));
    await page.clock.runFor(later_ms);
    await page.waitForSelector("#failure:not([hidden])");
    await assertCard(page, { sentence, details });

    await page.unroute(file);
    await page.getByRole("button", { name: "Try again" }).click();
    await untilReady(page);
  });
}

/** The site in a frame that has no origin of its own. The page around it comes from this machine,
 * since Chromium keeps other pages from framing what does. */
async function inSandbox(page) {
  const body = `<!doctype html><iframe title="A simulation" sandbox="allow-scripts" src="${address()}"></iframe>`;
  await page.route(address("host"), (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(address("host"));
  return page.frameLocator("iframe");
}

test("the page starts in a sandboxed frame", async () => {
  const page = await newPage();
  const frame = await inSandbox(page);
  await frame.locator("html[data-ready='true']").waitFor();
  page.assertQuiet();
});

test("a host that keeps a sandboxed frame from its modules gives a card", async () => {
  const page = await newPage();
  await page.route(address("**"), async (route) => {
    const response = await route.fetch();
    // Left out, playwright would put it back.
    const headers = { ...response.headers(), "access-control-allow-origin": "https://other.example" };
    await route.fulfill({ response, headers });
  });
  await page.clock.install();
  const frame = await inSandbox(page);
  await page.clock.runFor(WATCHDOG_MS);
  await frame.getByText("The page could not start.").waitFor();
});

test("no WebAssembly gives a card that says so", async () => {
  const page = await newPage();
  await page.addInitScript(() => delete globalThis.WebAssembly);
  await page.goto(address());
  await page.waitForSelector("#failure:not([hidden])");
  await assertCard(page, { sentence: /^This browser has no WebAssembly\./ });
  page.assertQuiet();
});

test("no script at all gives a card that says so", async () => {
  const page = await newPage({ javaScriptEnabled: false });
  await page.goto(address());
  assert.ok(await page.locator("noscript .card").isVisible());
});

test("a panic gives a card above the page, which stays but takes no more input", async () => {
  const page = await openPage();
  await page.evaluate(() => {
    const report = (detail) =>
      document.dispatchEvent(new CustomEvent("cache-playground-failed", { detail }));
    report("The simulation stopped by a mistake of ours.\npanicked at <b>here</b>");
    report("What followed from it.");
  });
  await assertCard(page, {
    sentence: /^The simulation stopped by a mistake of ours\.$/,
    details: /^panicked at <b>here<\/b>$/,
    app: "visible",
  });
  assert.ok(await page.locator("#app").evaluate((app) => app.inert));
  page.assertQuiet();
});

/** The card is readable and accessible, leads back to the same state, and replaces the skeleton. */
async function assertCard(page, { sentence, details, app = "hidden" }) {
  assert.ok(await page.getByRole("alert").isVisible());
  assert.match(await page.locator("#failure-sentence").innerText(), sentence);
  assert.equal(await page.locator("#failure-details").isVisible(), Boolean(details));
  if (details) {
    assert.match(await page.locator("#failure-text").textContent(), details);
  }
  assert.equal(await page.locator("#app").isVisible(), app === "visible");
  assert.equal(await page.locator("#failure-link").evaluate((link) => link.href), page.url());
  assert.deepEqual(await accessibilityFaults(page, "#failure"), []);
}
