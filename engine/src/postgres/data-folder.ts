import { createHash } from "node:crypto";
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedPostgresError, notWritable } from "./failure.ts";
import { canReach, type Identity } from "./identity.ts";

/** Where one embedded database lives, seen from us and from the server. */
export interface DataFolder {
  /** `$DURABLE_DATA_DIR/pgdata`. */
  readonly pgdata: string;
  readonly logFile: string;
}

/** The kernel's limit for a socket path is 107 bytes on Linux and 103 on macOS; the file name takes 16. */
const LONGEST_SOCKET_FOLDER = 103 - "/.s.PGSQL.5432".length;

export function dataFolder(dataDir: string): DataFolder {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw notWritable(dataDir, error);
  }
  const real = realpathSync(dataDir);
  return { pgdata: join(real, "pgdata"), logFile: join(real, "postgres.log") };
}

/** The major version a data folder was made by, or null while there is none. */
export function majorOf(pgdata: string): string | null {
  const file = join(pgdata, "PG_VERSION");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : null;
}

/**
 * How the server should name its own data folder. A server that runs as somebody else cannot walk through a private
 * home folder (/root is 0700), but it may use the folder it was started in: /proc/self/cwd leads there without
 * walking. Every Postgres process keeps its data folder as its working folder, so the name holds for all of them.
 */
export function nameForServer(identity: Identity, pgdata: string): string {
  return process.platform === "linux" && !canReach(identity, pgdata) ? "/proc/self/cwd" : pgdata;
}

/** The folder of the server's only door, a Unix socket: the data folder itself, which only its owner may enter. */
export function socketFolder(identity: Identity, pgdata: string): string {
  if (Buffer.byteLength(pgdata) <= LONGEST_SOCKET_FOLDER) return pgdata;
  const name = createHash("sha256").update(pgdata).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), `durable-${name}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
    if (identity.dropped) chownSync(folder, identity.uid, identity.gid);
  } catch (error) {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    // Somebody else's folder of that name would let them answer in the server's place.
    if (!found) throw notWritable(folder, error);
    if (!found.isDirectory() || found.uid !== identity.uid || (found.mode & 0o077) !== 0) {
      throw new EmbeddedPostgresError(
        `${folder} is needed for the database's socket but belongs to somebody else; remove it, or set DURABLE_DATA_DIR to a shorter path.`,
      );
    }
  }
  return folder;
}

/** Only a folder of its own, and only while nobody else's socket is in it. */
export function removeSocketFolder(folder: string, pgdata: string): void {
  if (folder === pgdata) return;
  try {
    rmdirSync(folder);
  } catch {
    // In use, or gone.
  }
}
