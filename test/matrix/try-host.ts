import { cpus, loadavg } from "node:os";
import { runKitAgainst } from "./columns/conformance.ts";
import { measureSpeed } from "./columns/speed.ts";
import { runEveryStep } from "./columns/steps.ts";
import type { Column, Host } from "./host.ts";
import { install } from "./installation.ts";
import { type MatrixEngine, sync } from "./matrix-engine.ts";
import { makeProject } from "./project.ts";
import type { Row } from "./results.ts";
import { whileHostRuns } from "./running-host.ts";

export interface Trial {
  readonly row: Row;
  /** A sentence each; none when all is as it should be. */
  readonly flaws: readonly string[];
  /** Its project; null when it came to none that works. */
  readonly folder: string | null;
}

export interface Means {
  readonly engine: MatrixEngine;
  /** The SDK's tarball. */
  readonly sdk: string;
  /** Where projects are made that need no packages. */
  readonly within: string;
  readonly progress: (text: string) => void;
}

/** From nothing to a row. Never rejects. */
export async function tryHost(host: Host, means: Means): Promise<Trial> {
  const { progress } = means;
  const cells: Record<"version" | Column, string> = { version: "", conformance: "", steps: "", speed: "" };
  const flaws: string[] = [];
  let at: "version" | Column = "version";
  let folder: string | null = null;
  try {
    progress(`${host.title}: installing`);
    const made = await install(host, means.sdk, means.within);
    cells.version = host.version?.(made) ?? Object.values(host.packages)[0] ?? "";
    progress(`${host.title}: building`);
    await makeProject(host, made);
    for (const column of COLUMNS) {
      at = column;
      if (host.columns?.includes(column) === false) {
        cells[column] = "-";
        continue;
      }
      progress(`${host.title}: ${column}`);
      cells[column] = await TRIALS[column](host, made, means, flaws);
    }
    folder = made;
  } catch (error) {
    flaws.push((error as Error).message);
    cells[at] = `${cells[at]} failed`.trim();
  }
  const { version, conformance, steps, speed } = cells;
  return {
    row: [host.title, version, conformance, steps, speed],
    flaws: flaws.map((flaw) => `${host.title}: ${flaw}`),
    folder,
  };
}

const COLUMNS = ["conformance", "steps", "speed"] as const satisfies readonly Column[];

type Try = (host: Host, folder: string, means: Means, flaws: string[]) => Promise<string>;

const TRIALS: Record<Column, Try> = {
  async conformance(host, folder, _, flaws) {
    const { passed, failed, notImplemented } = await runKitAgainst(host, folder);
    flaws.push(...failed);
    return `${passed} passed, ${failed.length} failed, ${notImplemented} not implemented`;
  },
  steps: (host, folder, { engine }) =>
    whileHostRuns(host, folder, engine.url, async (url) => {
      await sync(engine, url);
      const { entries, ms } = await runEveryStep(engine);
      return `${entries} entries in ${(ms / 1_000).toFixed(1)} s`;
    }),
  speed: (host, folder, { engine }) =>
    whileHostRuns(host, folder, engine.url, async (url) => `${await measureSpeed(url)}${besides()}`),
};

/** What a figure has to be read with: how many programs wanted a core that this machine does not have. */
function besides(): string {
  const wanted = Math.round(loadavg()[0] ?? 0);
  return wanted > cpus().length + 1 ? ` (${wanted} programs on ${cpus().length} cores)` : "";
}
