import type { EngineConfig } from "../../engine/src/engine.ts";

export const ENCRYPTION_KEY = Buffer.alloc(32, "k");

/** Of an engine in the process of whoever tries it; its database and its log are theirs. Usable without vitest. */
export const ENGINE_IN_PROCESS = {
  mode: "dev",
  host: "127.0.0.1",
  port: 0,
  encryptionKeys: [ENCRYPTION_KEY],
  leaseMs: 5_000,
  connections: 4,
  pollMs: 250,
  slots: 16,
  egress: { allowLoopback: true },
} satisfies Partial<EngineConfig>;
