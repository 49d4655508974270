// `node wasm.ts VERSION INDEX`: PHP in WebAssembly behind a server on PORT, in the folder we are in. It has no Fibers, so user
// code is left by an exception.

import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const INSTANCES = 4;
/** Where it finds the folder. */
const ROOT = "/app";
const ENTRY = "wasm-entry.php";
const [version, index] = process.argv.slice(2);
const folder = process.cwd();
const port = Number(process.env["PORT"]);

// Of the project and not of this repository.
const fromProject = createRequire(join(folder, "package.json"));
const load = (name: string) => import(pathToFileURL(fromProject.resolve(name)).href);
const { PHP, PHPRequestHandler } = await load("@php-wasm/universal");
const { loadNodeRuntime, createNodeFsMountHandler } = await load("@php-wasm/node");

// It knows nothing of our environment.
const own = Object.entries(process.env).filter(([name]) => /^(DURABLE|CONFORMANCE)_/.test(name));
const lines = own.map(([name, value]) => `putenv('${`${name}=${value}`.replace(/['\\]/g, "\\$&")}');`);
writeFileSync(join(folder, ENTRY), `<?php\n${lines.join("\n")}\nrequire __DIR__ . '/${index}';\n`);

let processId = 1;
const handler = new PHPRequestHandler({
  documentRoot: ROOT,
  absoluteUrl: `http://127.0.0.1:${port}`,
  maxPhpInstances: INSTANCES,
  getFileNotFoundAction: () => ({ type: "internal-redirect", uri: `/${ENTRY}` }),
  phpFactory: async () => {
    const php = new PHP(await loadNodeRuntime(version, { emscriptenOptions: { processId: processId++ } }));
    php.mkdir(ROOT);
    await php.mount(ROOT, createNodeFsMountHandler(folder));
    return php;
  },
});

createServer(async (request, answer) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  try {
    const {
      httpStatusCode,
      headers: given,
      bytes,
    } = await handler.request({
      url: `http://${request.headers.host}${request.url}`,
      method: request.method,
      headers,
      body: new Uint8Array(Buffer.concat(pieces)),
    });
    answer.writeHead(httpStatusCode, given).end(bytes);
  } catch (error) {
    console.error(error);
    answer.destroy();
  }
}).listen(port, "127.0.0.1");
