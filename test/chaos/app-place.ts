import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeCommand } from "./child.ts";
import type { Findings } from "./findings.ts";
import { freePort } from "./free-port.ts";
import { ProcessSlot } from "./process-slot.ts";
import type { Random } from "./random.ts";
import type { Tally } from "./tally.ts";
import { type Disturbance, Wire } from "./wire.ts";

export const APPS = ["alpha", "beta"] as const;

export interface AppPlace {
  readonly name: (typeof APPS)[number];
  readonly slot: ProcessSlot;
  readonly wire: Wire;
  readonly secret: string;
}

/** What an app is placed with. */
export interface Placing {
  readonly folder: string;
  readonly appLog: string;
  /** What the shops of examples/ were asked. */
  readonly shopLog: string;
  readonly random: Random;
  readonly tally: Tally;
  readonly findings: Findings;
  /** Where the engines are, once they are placed. */
  readonly engineUrls: () => readonly string[];
  /** Whether nothing is to be hurt any more. */
  readonly isCalm: () => boolean;
  readonly disturbed: (kind: Disturbance["kind"]) => void;
}

/** A secret of an app and an engine. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** An app behind its wire. Nothing is started yet. */
export async function placeApp(name: (typeof APPS)[number], placing: Placing): Promise<AppPlace> {
  const { folder, tally, findings } = placing;
  const port = await freePort();
  const own = placing.random.fork(`app ${name}`);
  const wire = await Wire.open(port, placing.disturbed);
  const secret = newSecret();
  const slot = new ProcessSlot({
    name: `app ${name}`,
    command: nodeCommand(fileURLToPath(new URL("fixture-app.ts", import.meta.url))),
    logFile: join(folder, `app-${name}.log`),
    env: () => ({
      CHAOS_APP: name,
      CHAOS_APP_LOG: placing.appLog,
      CHAOS_PORT: String(port),
      CHAOS_APP_URL: `http://127.0.0.1:${wire.port}`,
      CHAOS_ENGINE_URLS: placing.engineUrls().join(" "),
      // Tokens are completed there.
      DURABLE_PUBLIC_URL: placing.engineUrls()[0]!,
      DURABLE_SECRET: secret,
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(folder, "compile-cache"),
      // Half of them die on their own, after a step's effect and before its answer.
      ...(!placing.isCalm() && own.chance(0.5) && { CHAOS_DIE_AFTER: String(own.int(1, 300)) }),
    }),
    isReady: (line) => line === "ready",
    onKilled: () => tally.add("app killed"),
    mayFailToStart: () => false,
    findings,
    random: own,
  });
  return { name, slot, wire, secret };
}
