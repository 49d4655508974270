// The kit that plays the engine (protocol/conformance), against one host.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countOf, type Report } from "@durable/conformance";
import { freePort } from "../../chaos/free-port.ts";
import { runFor } from "../../frameworks/programs.ts";
import type { Host } from "../host.ts";
import { startHost } from "../running-host.ts";

const KIT = fileURLToPath(
  new URL("../../../protocol/conformance/bin/durable-conformance.js", import.meta.url),
);

/** It takes half a minute, and ten times as long on a machine that is busy with other things. */
const KIT_MS = 600_000;

export interface Conformance {
  readonly passed: number;
  /** A sentence for each case. */
  readonly failed: readonly string[];
  readonly notImplemented: number;
}

/**
 * The host is started for it: what it calls the engine is the kit.
 *
 * @param mutations Whether driven cases are played again with answers lost, memos in parts and so on.
 */
export async function runKitAgainst(
  host: Host,
  folder: string,
  { mutations = true } = {},
): Promise<Conformance> {
  const listen = `127.0.0.1:${await freePort()}`;
  const canary = `canary-${crypto.randomUUID()}`;
  const app = await startHost(host, folder, `http://${listen}`, { CONFORMANCE_CANARY: canary });
  const file = join(folder, "conformance.json");
  rmSync(file, { force: true });
  try {
    // It ends with 1 when something failed, and then the report says what.
    const options = ["--listen", listen, "--canary", canary, "--json", file];
    if (!mutations) options.push("--no-mutations");
    if (host.gaps !== undefined) {
      const gaps = join(folder, "conformance-gaps.json");
      writeFileSync(gaps, JSON.stringify(host.gaps));
      options.push("--gaps", gaps);
    }
    const played = runFor(KIT_MS, { folder }, "node", KIT, app.url, ...options).catch((error: unknown) => {
      if (!existsSync(file)) throw error;
    });
    // One that ends fails every case that follows; what it said last is worth more.
    await Promise.race([played, app.alive]);
  } finally {
    await app.stop();
  }
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  return {
    passed: countOf(report, "PASSED"),
    failed: report.results
      .filter(({ status }) => status === "FAILED")
      .map(({ id, flaws }) => `${id}: ${flaws.join(" ")}`),
    notImplemented: countOf(report, "NOT_IMPLEMENTED"),
  };
}
