import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive, isServerOf } from "./process-table.ts";

/** What `postmaster.pid` says about the server that runs in a data folder. */
export interface Postmaster {
  readonly pid: number;
  /** Line 8. Missing for a moment while the server writes the file. */
  readonly status: "starting" | "ready" | "stopping";
}

/** The living server of this data folder, or null. A file left by a dead server counts as none. */
export function findPostmaster(pgdata: string): Postmaster | null {
  const lines = readLines(pgdata);
  if (lines === null) return null;
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isServerOf(pid, pgdata)) return null;
  const status = lines[7]?.trim();
  return { pid, status: status === "ready" || status === "stopping" ? status : "starting" };
}

/**
 * Postgres refuses to start while its lock file names a living process, even when that process is something else
 * that got the same number (usual after a container restarts). Remove such a file; leave all others to Postgres.
 */
export function removeStaleLock(pgdata: string): void {
  const pid = Number(readLines(pgdata)?.[0]);
  if (!pid || !isAlive(pid) || isServerOf(pid, pgdata)) return;
  rmSync(join(pgdata, "postmaster.pid"), { force: true });
}

function readLines(pgdata: string): string[] | null {
  try {
    return readFileSync(join(pgdata, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
}
