import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Identity, serverIdentity } from "../../engine/src/postgres/identity.ts";
import { keep } from "../../engine/src/postgres/keeper.ts";
import { findPostmaster } from "../../engine/src/postgres/postmaster.ts";
import type { ServerAddress, TestServer } from "./server-address.ts";
import { waitFor } from "./wait.ts";

/**
 * The distribution's own Postgres (15 on Debian 12, the oldest that the engine supports), started by hand on a
 * temporary folder as an unprivileged account. Nothing of the system's own cluster is touched.
 */
const VERSIONS = "/usr/lib/postgresql";

/** The newest installed one, or null. */
export function debianBinaries(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const versions = readdirSync(VERSIONS)
    .filter((version) => existsSync(join(VERSIONS, version, "bin", "initdb")))
    .sort((a, b) => Number(b) - Number(a));
  return versions[0] === undefined ? null : join(VERSIONS, versions[0], "bin");
}

export async function startDebianServer(
  folder: string,
  settings: Record<string, string>,
): Promise<TestServer> {
  const binaries = debianBinaries();
  if (binaries === null) throw new Error(`There is no Postgres server below ${VERSIONS}.`);
  const pgdata = join(folder, "pgdata");
  const identity = serverIdentity(pgdata);
  mkdirSync(pgdata, { mode: 0o700 });
  if (identity.dropped) chownSync(pgdata, identity.uid, identity.gid);
  run(
    join(binaries, "initdb"),
    ["-D", pgdata, "-U", "durable", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
    identity,
    pgdata,
  );
  const logFile = join(folder, "postgres.log");
  const command = [
    join(binaries, "postgres"),
    ...["-D", pgdata, "-c", "listen_addresses=", "-c", `unix_socket_directories=${pgdata}`],
    ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ];
  const { child } = keep(command, identity, pgdata, logFile);
  const postmaster = await waitFor(`the Debian Postgres in ${folder}`, () => {
    if (child.exitCode !== null) throw new Error(readFileSync(logFile, "utf8"));
    const found = findPostmaster(pgdata);
    return found?.status === "ready" ? found : null;
  });
  const address: ServerAddress = { host: pgdata, port: 5432, user: "durable", database: "postgres" };
  return {
    address,
    pid: postmaster.pid,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.ref();
      child.stdin?.end();
      if (child.exitCode === null) await ended;
    },
  };
}

function run(command: string, args: string[], identity: Identity, cwd: string): void {
  execFileSync(command, args, {
    cwd,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
    ...(identity.dropped ? { uid: identity.uid, gid: identity.gid } : {}),
  });
}
