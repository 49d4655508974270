import { spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { Binaries } from "./binaries.ts";
import { majorOf, nameForServer } from "./data-folder.ts";
import { codeOf, died, EmbeddedPostgresError, notWritable } from "./failure.ts";
import type { Identity } from "./identity.ts";
import { isAlive } from "./process-table.ts";

export const DATABASE_USER = "durable";

/**
 * Makes the data folder. It is filled beside its final place and renamed, so a kill in the middle leaves no half
 * database behind, and of two processes that start at once one wins and the other uses its result.
 */
export async function createCluster(binaries: Binaries, identity: Identity, pgdata: string): Promise<void> {
  refuseForeignFiles(pgdata);
  removeLeftovers(pgdata);
  const fresh = `${pgdata}.new-${process.pid}`;
  try {
    mkdirSync(fresh, { mode: 0o700 });
    if (identity.dropped) chownSync(fresh, identity.uid, identity.gid);
  } catch (error) {
    throw notWritable(dirname(pgdata), error);
  }
  try {
    await initdb(binaries, identity, fresh);
    renameSync(fresh, pgdata);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // ENOTEMPTY: another engine was faster, and its database is as good as ours would have been.
    if (codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST") throw error;
  }
}

function refuseForeignFiles(pgdata: string): void {
  if (!existsSync(pgdata) || readdirSync(pgdata).length === 0 || majorOf(pgdata) !== null) return;
  throw new EmbeddedPostgresError(
    `${pgdata} holds files but no database; move them away, or set DURABLE_DATA_DIR to another folder.`,
  );
}

/** Trust without a password is safe because the only door is a socket in a folder that only its owner may enter. */
async function initdb(binaries: Binaries, identity: Identity, folder: string): Promise<void> {
  const child = spawn(
    join(binaries.folder, "bin", "initdb"),
    [
      `--pgdata=${nameForServer(identity, folder)}`,
      `--username=${DATABASE_USER}`,
      "--auth=trust",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--locale=C.UTF-8",
      "--no-instructions",
    ],
    {
      cwd: folder,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
      ...(identity.dropped ? { uid: identity.uid, gid: identity.gid } : {}),
    },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [said, status] = await Promise.all([text(child.stderr), ended, text(child.stdout)]);
  if (status !== 0) throw died("The embedded Postgres could not create its data folder", said, null);
}

/** What a killed initdb left: a folder named after a process that no longer runs. */
function removeLeftovers(pgdata: string): void {
  const prefix = `${basename(pgdata)}.new-`;
  for (const name of readdirSync(dirname(pgdata))) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number(name.slice(prefix.length));
    if (isAlive(pid)) continue;
    rmSync(join(dirname(pgdata), name), { recursive: true, force: true });
  }
}
