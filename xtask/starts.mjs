// Checks that the built page's program can start, as far as that shows without a browser: its two parts fit
// the JavaScript that starts them and each other, and the second comes when it is called for.
// Usage: node xtask/starts.mjs dist
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const named = (ending) => {
  const name = readdirSync(folder).find((name) => name.startsWith("cache-playground-") && name.endsWith(ending));
  return readFileSync(join(folder, name ?? `cache-playground-*${ending}`));
};

/** Does this, and says in one sentence if it fails. */
async function check(sentence, action) {
  try {
    return await action();
  } catch (error) {
    console.error(`${sentence} (${error.message}).`);
    process.exit(1);
  }
}

const [first, later] = await check("A part of the page's program is no WebAssembly that can be compiled", () =>
  Promise.all(["_bg.wasm", "_later.wasm"].map((ending) => WebAssembly.compile(named(ending)))),
);
const glue = await check("The JavaScript that starts the page's program cannot be read", () =>
  import(`data:text/javascript;base64,${named(".js").toString("base64")}`),
);

// All but the program's own beginning, which needs a page.
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  const { exports } = new Instance(module, imports);
  return { exports: { ...exports, __wbindgen_start() {} } };
};
await check("The first part of the page's program does not fit the JavaScript that starts it", () =>
  glue.initSync({ module: first }),
);
let asked = 0;
globalThis.cachePlaygroundPart = (exports, now) => {
  asked += Number(now);
  new Instance(later, { "": exports });
};
await check("The second part of the page's program does not fit the first", () => glue.loadLater());
await check("The page's program does not ask for its second part once", () => {
  if (asked !== 1) throw new Error(`it asked ${asked} times`);
});
