// The kit that plays the engine (protocol/conformance), against one host.

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../../chaos/free-port.ts";
import type { Host } from "../host.ts";
import { startHost } from "../run-host.ts";

const KIT = fileURLToPath(
  new URL("../../../protocol/conformance/bin/durable-conformance.js", import.meta.url),
);

export const HAS_KIT = existsSync(KIT);

/** What PHP does otherwise, each with its reason. */
const GAPS = fileURLToPath(new URL("../../conformance/apps/php/gaps.json", import.meta.url));

interface Report {
  readonly results: readonly {
    readonly id: string;
    readonly status: string;
    readonly flaws: readonly string[];
  }[];
}

export interface Conformance {
  readonly passed: number;
  /** A sentence for each case. */
  readonly failed: readonly string[];
  readonly notImplemented: readonly string[];
}

/** The host is started for it: what it calls the engine is the kit. */
export async function runKitAgainst(
  host: Pick<Host, "name" | "title" | "start">,
  folder: string,
  ...more: readonly string[]
): Promise<Conformance> {
  const listen = `127.0.0.1:${await freePort()}`;
  const canary = `canary-${crypto.randomUUID()}`;
  const app = await startHost(host, folder, `http://${listen}`, { CONFORMANCE_CANARY: canary });
  const file = join(folder, "conformance.json");
  const args = [app.url, "--listen", listen, "--canary", canary, "--json", file, "--gaps", GAPS];
  try {
    // It ends with 1 when something failed, and then the report says what. It may take minutes on a busy machine.
    await promisify(execFile)(process.execPath, [KIT, ...args, ...more], { maxBuffer: 16 << 20 }).catch(
      (error: unknown) => {
        if (!existsSync(file)) throw error;
      },
    );
  } finally {
    await app.stop();
  }
  const { results } = JSON.parse(readFileSync(file, "utf8")) as Report;
  const those = (status: string) => results.filter((result) => result.status === status);
  return {
    passed: those("PASSED").length,
    failed: those("FAILED").map(({ id, flaws }) => `${id}: ${flaws.join(" ")}`),
    notImplemented: those("NOT_IMPLEMENTED").map(({ id }) => id),
  };
}
