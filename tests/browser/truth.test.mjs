// What is shown is what the engine says, and what the engine says adds up.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, showAllNumbers, shutDown } from "./harness.mjs";
import { duration } from "./words.mjs";

afterEach(closePages);
after(shutDown);

/** Everything that a person can read off the page. Runs in the page. */
function readPicture() {
  const squeezed = (text) => text.replaceAll(/\s+/g, " ").trim();
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const text = (root, selector) => squeezed(root.querySelector(selector)?.textContent ?? "");
  const places = (root, selector) =>
    all(root, selector)
      .map((element) => {
        const [x, y] = element.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
        const names = [text(element, ".k"), text(element, ".v"), element.getAttribute("class")];
        return { x, y, names };
      })
      .sort((a, b) => a.y - b.y || a.x - b.x)
      .map(({ names: [key, version, classes] }) => ({
        key,
        version,
        classes: classes.split(" ").filter((name) => ["stale", "expired", "in-use"].includes(name)),
      }));
  const lanes = all(document, ".lane").map((lane) => ({
    entries: places(lane, "g.chip"),
    rows: places(lane, "g.row"),
    listed: all(lane, ".sr-only tbody tr").map((row) => all(row, "th, td").map((cell) => cell.textContent)),
    lit: all(lane, ".code li").flatMap((line, i) => (line.classList.contains("on") ? [i + 1] : [])),
    code: all(lane, ".code li.on").map((line) => squeezed(line.textContent)),
    request: text(lane, ".req h3"),
    time: squeezed(lane.querySelector(".time").firstChild.textContent),
    parts: all(lane, ".legend li").map((part) => squeezed(part.textContent)).filter(Boolean),
  }));
  // A column a lane, and the last without a cache.
  const metrics = all(document, ".metrics thead th").slice(1).map(() => ({}));
  for (const row of all(document, ".metrics tbody tr")) {
    const [name, ...cells] = [...row.children].map((cell) => squeezed((cell.querySelector(".value") ?? cell).textContent));
    cells.forEach((text, i) => {
      metrics[i][name] = text;
    });
  }
  const status = all(document, ".say [role=status] p").map((said) => ({
    lanes: all(said, ".tag").map((tag) => tag.textContent.charCodeAt(0) - 65),
    text: squeezed(
      [...said.childNodes]
        .filter((node) => !node.classList?.contains("say-lanes"))
        .map((node) => node.textContent)
        .join(""),
    ),
  }));
  return { lanes, metrics, status, slider: document.querySelector("input[type=range]").value };
}

/** What a request has spent its time on, in the words of its legend. */
function spentOn({ parts, phase, without_cache_us: without, without_cache_failed: fails }) {
  const spent = { network: 0, waiting: 0, cache: 0, query: 0 };
  for (const { verb, elapsed_us, network_us, waited_us, service_us, done } of parts) {
    const out = Math.floor(network_us / 2);
    const waits = !done && ["queued", "lost", "waiting"].includes(phase);
    const work = ["SELECT", "UPDATE"].includes(verb) ? "query" : "cache";
    let left = elapsed_us;
    const pieces = [["network", out], ["waiting", waits ? Infinity : waited_us], [work, service_us], ["network", network_us - out]];
    for (const [what, span] of pieces) {
      spent[what] += Math.min(left, span);
      left -= Math.min(left, span);
    }
  }
  const words = Object.entries(spent).flatMap(([what, us]) => (us > 0 ? [`${what} ${duration(us)}`] : []));
  return without === null ? words : [...words, `without a cache ${fails ? "an error after " : ""}${duration(without)}`];
}

/** What the page should show of a lane, from `frame()`. */
function pictureOf(lane) {
  const request = lane.requests[0] ?? lane.last_request;
  const classes = (flags) => Object.keys(flags).filter((name) => flags[name]);
  return {
    entries: lane.cache.entries.map(({ key, version, stale, expired }) => ({
      key,
      version: `v${version}`,
      classes: classes({ stale, expired }),
    })),
    rows: lane.database.rows.map(({ key, version, in_use }) => ({
      key,
      version: `v${version}`,
      classes: classes({ "in-use": in_use }),
    })),
    lit: request ? [request.line] : [],
    request: request
      ? `Request ${request.id} · ${request.op === "read" ? "get" : "put"} ${request.key}`
      : "No request yet",
    time: request ? duration(request.elapsed_us) : "0 µs",
    parts: request ? spentOn(request) : [],
  };
}

/** The row of the table that a lane's metrics should give; the row without a cache lacks some. */
function cellsOf(metrics, cached) {
  const lookups = metrics.hits + metrics.misses;
  const share = lookups ? Math.floor((metrics.hits * 1000) / lookups + 0.5) / 10 : undefined;
  const span = (us) => (us === null ? "–" : duration(us));
  return {
    "Hit rate": cached && lookups ? `${share} %` : "–",
    "Typical read": span(metrics.read_p50_us),
    "Read p95": span(metrics.read_p95_us),
    "Read p99": span(metrics.read_p99_us),
    "Typical write": span(metrics.write_p50_us),
    "Database reads": String(metrics.database_reads),
    "Stale reads": cached ? String(metrics.stale_reads) : "–",
    Evictions: cached ? String(metrics.evictions) : "–",
  };
}

function assertMetrics(shown, frame) {
  const expected = [...frame.lanes.map(({ metrics }) => cellsOf(metrics, true)), cellsOf(frame.baseline, false)];
  assert.equal(shown.length, expected.length);
  expected.forEach((cells, i) => {
    const seen = Object.fromEntries(Object.keys(cells).map((name) => [name, shown[i][name]]));
    assert.deepEqual(seen, cells);
  });
}

/** How much an event tells: a stale read or an expiry says all, a message on its way the least. */
const tells = ({ kind }) => (["stale", "expire"].includes(kind) ? 2 : kind === "send" ? 0 : 1);

/** Each lane in which something happened is told about, by its own events and nothing else. */
function assertStatus(status, events) {
  const lanes = new Set(events.map((event) => event.lane));
  assert.deepEqual(status.flatMap((said) => said.lanes).toSorted(), [...lanes].toSorted());
  for (const { lanes: told, text } of status) {
    for (const lane of told) {
      const own = events.filter((event) => event.lane === lane);
      const most = Math.max(...own.map(tells));
      const telling = own.find((event) => tells(event) === most);
      assert.ok(text.includes(telling.text), `${text} should tell: ${telling.text}`);
      const rest = own.reduce((left, event) => left.replace(event.text, ""), text);
      assert.equal(rest.trim(), "", "nothing is told that did not happen");
    }
  }
}

/** Compares the picture at a step with what the API says about it. */
async function assertTrueAt(page, step) {
  await showAllNumbers(page);
  await seek(page, step);
  const [shown, frame, events] = await Promise.all([
    page.evaluate(readPicture),
    api(page, "frame"),
    api(page, "events", step, step),
  ]);
  assert.equal(shown.slider, String(step));
  frame.lanes.forEach((lane, i) => {
    const { listed, code, ...picture } = shown.lanes[i];
    assert.deepEqual(picture, pictureOf(lane), `lane ${i}`);
    assert.deepEqual(
      listed.map(([key, version, row]) => [key, version, row]),
      lane.cache.entries.map((e) => [e.key, `${e.version}${e.stale ? ", stale" : ""}`, String(e.row_version)]),
      "the table for a screen reader",
    );
  });
  assertMetrics(shown.metrics, frame);
  if (step > 0) {
    assertStatus(shown.status, events);
  } else {
    const { intro } = await api(page, "scenario");
    assert.deepEqual(shown.status.map(({ text }) => text), [intro]);
  }
}

test("every step of the opening scene shows what the engine says", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const last = await api(page, "stepCount");
  for (let step = 0; step <= last; step += 1) {
    await assertTrueAt(page, step).catch((error) => {
      error.message = `step ${step}: ${error.message}`;
      throw error;
    });
  }
  page.assertQuiet();
});

test("with movement wanted, the picture comes to rest at the same truth", async () => {
  const page = await openPage();
  for (const step of [5, 6, 5, 19, 18]) {
    await seek(page, step);
    // A glide takes a quarter of a second; at its end the time shown is the frame's.
    const { requests, last_request: answered } = (await api(page, "frame")).lanes[0];
    const { elapsed_us } = requests[0] ?? answered;
    await page.locator(".lane").first().locator(".time", { hasText: duration(elapsed_us) }).waitFor();
    await page.waitForFunction(() => document.getAnimations().length === 0);
    await assertTrueAt(page, step);
  }
  page.assertQuiet();
});

test("with several requests under way, the lane shows the one that is told about", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const script = Array.from({ length: 12 }, (_, i) => ({ at_us: i * 700, client: i + 1, op: "read", key: `k${i % 5}` }));
  const lanes = [{ strategy: { read: "cache-aside", write: "write-around" }, database: { connections: 1 } }];
  await api(page, "load", { workload: { script }, lanes });
  const last = await api(page, "stepCount");
  const shown = page.locator(".lane .req h3");
  const told = new Set();
  for (let step = 1; step <= last; step += 1) {
    await seek(page, step);
    const said = (await page.locator(".say [role=status]").textContent()).replaceAll(/\s+/g, " ");
    const events = await api(page, "events", step, step);
    const first = events.find(({ text }) => said.includes(text.replace(/\.$/, "")));
    assert.match(await shown.textContent(), new RegExp(`^Request ${first.request} · `), `step ${step}: ${said}`);
    told.add(first.request);
  }
  assert.equal(told.size, script.length);
  page.assertQuiet();
});
