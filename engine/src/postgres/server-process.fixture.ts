import { startEmbeddedPostgres } from "./server.ts";

// An engine that a test can kill (server.test.ts): says when its server runs, stops it when told to.
const server = await startEmbeddedPostgres({
  dataDir: process.argv[2]!,
  log: (line) => process.send?.({ log: line }),
});
process.send?.({ pid: server.pid, adopted: server.adopted });
process.on("message", async () => {
  await server.stop();
  process.disconnect();
});
