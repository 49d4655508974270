import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Binaries, findBinaries } from "./binaries.ts";
import {
  type DataFolder,
  dataFolder,
  majorOf,
  nameForServer,
  removeSocketFolder,
  socketFolder,
} from "./data-folder.ts";
import { died, EmbeddedPostgresError, otherMajor, tail } from "./failure.ts";
import { type Identity, serverIdentity } from "./identity.ts";
import { createCluster, DATABASE_USER } from "./initdb.ts";
import { type Keeper, keep, keptBy } from "./keeper.ts";
import { findPostmaster, removeStaleLock } from "./postmaster.ts";
import { isServerOf, parentOf } from "./process-table.ts";
import { asArguments, quotedFolder, SETTINGS } from "./settings.ts";

/** One running server of one data folder: started by us (`keeper`), or by another engine that still lives. */
export interface Server {
  readonly pid: number;
  readonly keeper: Keeper | null;
}

export interface Cluster {
  readonly binaries: Binaries;
  readonly identity: Identity;
  readonly folder: DataFolder;
  readonly settings: Record<string, string>;
  readonly options: { host: string; port: number; user: string; database: string };
}

const START_TIMEOUT_MS = 60_000;
const FAST_SHUTDOWN_MS = 10_000;

export async function openCluster(dataDir: string, settings: Record<string, string>): Promise<Cluster> {
  const folder = dataFolder(dataDir);
  const identity = serverIdentity(folder.pgdata);
  const binaries = findBinaries(identity);
  if (majorOf(folder.pgdata) === null) await createCluster(binaries, identity, folder.pgdata);
  const major = majorOf(folder.pgdata) ?? "";
  if (major !== binaries.major) throw otherMajor(folder.pgdata, major, binaries.major);
  const host = socketFolder(identity, folder.pgdata);
  return {
    binaries,
    identity,
    folder,
    settings,
    options: { host, port: 5432, user: DATABASE_USER, database: "postgres" },
  };
}

/**
 * Makes sure that a server runs in the data folder. What it may find there:
 *
 * - nobody, or the lock file of a dead server: start one. Postgres cleans up after a crash by itself, but refuses
 *   for up to a second while the dead process is not yet reaped, so that refusal is tried again.
 * - a server that a living engine keeps: use it.
 * - a server that starts, or shuts down because its engine just ended: wait, then look again.
 * - a server without a keeper, left over by a crash of both: stop it cleanly and start our own, because nobody else
 *   would ever stop it.
 */
export async function ensureServer(cluster: Cluster): Promise<Server> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  let reason = "another server of the same folder neither answers nor ends";
  while (performance.now() < deadline) {
    const found = findPostmaster(cluster.folder.pgdata);
    if (found === null) {
      removeStaleLock(cluster.folder.pgdata);
      const launched = await launch(cluster, deadline);
      if (typeof launched !== "string") return launched;
      reason = launched;
    } else if (found.status === "ready" && keptBy(found.pid) === "kept") {
      return { pid: found.pid, keeper: null };
    } else if (found.status === "ready" && keptBy(found.pid) === "orphan") {
      await stopProcess(found.pid, cluster.folder.pgdata);
    }
    await sleep(20);
  }
  throw new EmbeddedPostgresError(
    `The embedded Postgres did not start within ${START_TIMEOUT_MS / 1000} s: ${reason} (log: ${cluster.folder.logFile}).`,
  );
}

/** A started server, or why it is worth trying again. */
async function launch(cluster: Cluster, deadline: number): Promise<Server | string> {
  const { folder } = cluster;
  // Another engine may have removed it when it stopped.
  socketFolder(cluster.identity, folder.pgdata);
  const keeper = keep(serverCommand(cluster), cluster.identity, folder.pgdata, folder.logFile);
  let ended: string | null = null;
  keeper.child.once("error", (error) => {
    ended = error.message;
  });
  keeper.child.once("exit", (code, signal) => {
    ended = `it ended with ${signal ?? `status ${code}`}`;
  });
  while (performance.now() < deadline) {
    if (ended !== null) {
      const said = tail(folder.logFile, keeper.logOffset);
      if (
        /lock file .* already exists|could not create lock file .*\.s\.PGSQL|pre-existing shared memory block/.test(
          said,
        )
      )
        return "its lock file is held";
      throw died("The embedded Postgres did not start", said || ended, folder.logFile);
    }
    const found = findPostmaster(folder.pgdata);
    if (found?.status === "ready" && parentOf(found.pid) === keeper.child.pid)
      return { pid: found.pid, keeper };
    await sleep(3);
  }
  keeper.child.stdin?.end();
  return "it is still recovering";
}

function serverCommand({ binaries, identity, folder, settings, options }: Cluster): string[] {
  const name = nameForServer(identity, folder.pgdata);
  const socket = options.host === folder.pgdata ? name : options.host;
  return [
    join(binaries.folder, "bin", "postgres"),
    ...["-D", name, "-c", `unix_socket_directories=${quotedFolder(socket)}`],
    ...asArguments({ ...SETTINGS, ...settings }),
  ];
}

/** A server that another engine started is left alone: it is in use there. */
export async function stopServer(server: Server, cluster: Cluster): Promise<void> {
  const { pgdata } = cluster.folder;
  if (server.keeper === null) return;
  const { child } = server.keeper;
  const gone = child.exitCode !== null || child.signalCode !== null;
  const exited = gone ? Promise.resolve() : new Promise((resolve) => child.once("exit", resolve));
  child.ref();
  child.stdin?.end();
  await stopProcess(server.pid, pgdata);
  await exited;
  removeSocketFolder(cluster.options.host, pgdata);
}

/** Fast shutdown: sessions are ended, everything is flushed. If that hangs, an immediate one, which recovers at start. */
async function stopProcess(pid: number, pgdata: string): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    signalIfAlive(pid, signal);
    const deadline = performance.now() + FAST_SHUTDOWN_MS;
    while (performance.now() < deadline) {
      if (!isServerOf(pid, pgdata)) return;
      await sleep(3);
    }
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone.
  }
}
