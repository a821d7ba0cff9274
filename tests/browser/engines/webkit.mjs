// WebKit: GTK's MiniBrowser on a screen of its own, by WebDriver's plain HTTP.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { program, programAt } from "./programs.mjs";

export const name = "WebKit";

const driverPath = program("WEBKIT_DRIVER", "WebKitWebDriver");
const screen = program("XVFB_RUN", "xvfb-run");
const mini = program("WEBKIT_BROWSER", "MiniBrowser") ??
  programAt(
    ...["x86_64", "aarch64"].flatMap((machine) =>
      ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"].map((folder) => `/usr/lib/${machine}-linux-gnu/${folder}/MiniBrowser`),
    ),
  );

export const missing = () =>
  driverPath && screen && mini
    ? undefined
    : "install Debian's webkit2gtk-driver, xvfb and xauth, or set WEBKIT_DRIVER, WEBKIT_BROWSER and XVFB_RUN";

/** The keys that WebDriver has characters of its own for. */
const KEYS = {
  Backspace: "\uE003", Tab: "\uE004", Enter: "\uE007", Escape: "\uE00C", Space: " ", PageUp: "\uE00E", PageDown: "\uE00F",
  End: "\uE010", Home: "\uE011", ArrowLeft: "\uE012", ArrowUp: "\uE013", ArrowRight: "\uE014", ArrowDown: "\uE015",
};

/** The property of an element's reference in WebDriver's messages. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

export async function start() {
  const port = await freePort();
  // A group of its own, so that the screen ends with the driver.
  const child = spawn(screen, ["--auto-servernum", "--server-args=-screen 0 2000x1400x24", driverPath, `--port=${port}`], {
    detached: true,
    stdio: "ignore",
  });
  child.unref();
  const end = () => {
    try {
      process.kill(-child.pid);
    } catch {
      // It has ended already.
    }
  };
  process.once("exit", end);

  const send = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebKit: ${value.error}: ${value.message}`);
    return value;
  };
  for (let left = 200; ; left -= 1) {
    try {
      await send("GET", "/status");
      break;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  const args = ["--automation", "--javascript-can-open-windows-automatically=true"];
  const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": { binary: mini, args } } };
  const { sessionId } = await send("POST", "/session", { capabilities });
  const post = (path, body) => send("POST", `/session/${sessionId}${path}`, body);
  const evaluate = (of, ...args) => post("/execute/sync", { script: `return (${of})(...arguments);`, args });
  // The bar of the browser's first window is 447 px wide at least; a window that a page opens has none.
  await post("/url", { url: "data:text/html,<p>opener" });
  const first = await send("GET", `/session/${sessionId}/window`);
  await evaluate(() => void open("about:blank", "page", "popup"));
  for (let second; !second; ) {
    second = (await send("GET", `/session/${sessionId}/window/handles`)).find((handle) => handle !== first);
    if (second) await post("/window", { handle: second });
  }
  return {
    goto: (url) => post("/url", { url }),
    // A window has a frame around its page.
    resize: async (width, height) => {
      for (let tries = 3; tries > 0; tries -= 1) {
        const rect = await send("GET", `/session/${sessionId}/window/rect`);
        const [w, h] = await evaluate(() => [innerWidth, innerHeight]);
        if (w === width && h === height) return;
        await post("/window/rect", { width: rect.width + width - w, height: rect.height + height - h });
      }
    },
    evaluate,
    press: (key) => {
      const value = KEYS[key] ?? key;
      const actions = ["keyDown", "keyUp"].map((type) => ({ type, value }));
      return post("/actions", { actions: [{ type: "key", id: "keys", actions }] });
    },
    click: (x, y) => {
      const actions = [{ type: "pointerMove", x, y, duration: 0 }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }];
      return post("/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
    },
    choose: async (selector, file) => {
      const found = await post("/element", { using: "css selector", value: selector });
      await post(`/element/${found[ELEMENT]}/value`, { text: file });
    },
    screenshot: async () => Buffer.from(await send("GET", `/session/${sessionId}/screenshot`), "base64"),
    close: async () => {
      await send("DELETE", `/session/${sessionId}`).catch(() => undefined);
      process.removeListener("exit", end);
      end();
    },
  };
}
