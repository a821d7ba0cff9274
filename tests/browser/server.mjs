// Serves a built site under the headers that docs/hosting.md asks for, so that nothing slips in which
// they would block.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; " +
    "require-trusted-types-for 'script'; frame-ancestors *",
  // The scripts of a sandboxed frame, which has no origin of its own, are blocked without this.
  "access-control-allow-origin": "*",
  "cache-control": "no-store",
};

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

/** Serves a folder on a free port until the process ends, and gives the address. */
export async function serve(folder, { compress = false } = {}) {
  const compressed = new Map();
  const read = async (path) => {
    if (!compress) return readFile(path);
    if (!compressed.has(path)) compressed.set(path, brotliCompressSync(await readFile(path)));
    return compressed.get(path);
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const body = await read(path).catch(() => undefined);
    if (!body) return response.writeHead(404, HEADERS).end("There is no such file.");
    const type = { "content-type": TYPES[extname(path)] ?? "application/octet-stream" };
    const encoding = compress ? { "content-encoding": "br" } : {};
    response.writeHead(200, { ...HEADERS, ...type, ...encoding }).end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  server.unref();
  return `http://localhost:${server.address().port}/`;
}
