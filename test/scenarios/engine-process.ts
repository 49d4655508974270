// An engine as a process of its own, for tests that kill it. Prints its port when it is up.
import { Writable } from "node:stream";
import { terminalLog } from "../../engine/src/cli/log.ts";
import { createEngine } from "../../engine/src/engine.ts";
import "../support/keep-compiled.ts";

const engine = createEngine({
  mode: "dev",
  database: { url: process.argv[2]! },
  host: "127.0.0.1",
  port: 0,
  adminToken: null,
  encryptionKeys: [Buffer.alloc(32, "k")],
  leaseMs: Number(process.argv[3] ?? 1_000),
  pollMs: 50,
  slots: 16,
  egress: { allowLoopback: true },
  log: terminalLog({}, new Writable({ write: (_line, _encoding, done) => done() })),
});
const { port } = await engine.start();
console.log(port);
