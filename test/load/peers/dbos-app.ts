// The work on DBOS: a worker that runs the workflow in its own process, behind an HTTP door.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { DBOS } from "@dbos-inc/dbos-sdk";

const count = DBOS.registerWorkflow(
  async (steps: number): Promise<number> => {
    for (let i = 0; i < steps; i += 1) await DBOS.runStep(async () => ({ i }), { name: `s${i}` });
    return steps;
  },
  { name: "count" },
);

DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: process.env["BENCH_DATABASE_URL"]!,
  logLevel: "error",
  ...(process.env["BENCH_POOL"] ? { systemDatabasePoolSize: Number(process.env["BENCH_POOL"]) } : {}),
});
await DBOS.launch();

const server = createServer(async (request, response) => {
  const { steps } = JSON.parse(await bodyOf(request)) as { steps: number };
  const answer = JSON.stringify(await count(steps));
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(answer),
  });
  response.end(answer);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
