// The demo shop: an ordinary web server with one extra route, /api/durable. Durable never runs this code itself; it
// calls that route. Kill this process whenever you like.

import { createServer } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import { serve } from "@durable/sdk/node";
import { chargeOrder } from "./charge-order.ts";
import { Ledger } from "./ledger.ts";
import { onboarding } from "./onboarding.ts";

const port = Number(process.env["PORT"] ?? 4410);
const dataDir = process.env["DURABLE_DATA_DIR"] ?? join(homedir(), ".durable");
const ledger = new Ledger(process.env["DEMO_LEDGER"] ?? join(dataDir, "demo-ledger.jsonl"));

const durable = serve({ app: "demo", functions: [onboarding(ledger), chargeOrder(ledger)] });

const server = createServer((request, response) => {
  if (request.url === "/api/durable") return void durable(request, response);
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  response.end(
    `A shop. What it did so far: ${ledger.lines().filter(({ again }) => !again).length} deeds, in ${ledger.file}\n`,
  );
});

server.once("error", (error: NodeJS.ErrnoException) => {
  const why = error.code === "EADDRINUSE" ? `port ${port} is taken; set PORT to another one` : error.message;
  console.error(`The demo app cannot listen: ${why}.`);
  process.exit(1);
});
server.listen(port, "127.0.0.1", () => {
  console.log(`The demo app (process ${process.pid}) answers at http://localhost:${port}/api/durable.`);
  process.send?.("ready");
});

function stop(): void {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  // Whatever is still running then is simply tried again by the engine, under the same idempotency key.
  setTimeout(() => process.exit(0), 2_000).unref();
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
// Started by the demo: ends with it, however that ends.
process.once("disconnect", stop);
process.channel?.unref();
