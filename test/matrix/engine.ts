// An engine of this repository in this process, on a Postgres of its own. No part of vitest is needed.

import { Writable } from "node:stream";
import { terminalLog } from "../../engine/src/cli/log.ts";
import { createEngine } from "../../engine/src/engine.ts";
import { ENGINE_IN_PROCESS } from "../support/engine-config.ts";
import { createDatabaseOn, createTemplate, startTestServer } from "../support/test-server.ts";
import type { MatrixEngine } from "./matrix-engine.ts";

export async function startMatrixEngine(): Promise<MatrixEngine & { stop(): Promise<void> }> {
  const server = await startTestServer("embedded");
  await createTemplate(server.address);
  const database = await createDatabaseOn(server.address);
  const engine = createEngine({
    ...ENGINE_IN_PROCESS,
    database: { options: database.address },
    adminToken: null,
    log: terminalLog({}, new Writable({ write: (_line, _encoding, done) => done() })),
  });
  const { port } = await engine.start();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async call(method, path, body) {
      const headers = { "content-type": "application/json" };
      const request = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
      const response = await fetch(url + path, request);
      const text = await response.text();
      return { status: response.status, text, json: text === "" ? null : JSON.parse(text) };
    },
    async stop() {
      await engine.stop();
      await database.drop();
      await server.stop();
    },
  };
}
