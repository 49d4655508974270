import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { EmbeddedPostgresError } from "./failure.ts";

/**
 * Whom the server runs as. Postgres refuses to run as root, so a root process (a container, a CI machine) hands
 * it to an account that already exists. No account is ever created: that would change the host for a dev tool.
 */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** True when we are root and the server runs as somebody else. */
  readonly dropped: boolean;
}

const NOBODY = 65534;

export function serverIdentity(pgdata: string): Identity {
  const uid = process.getuid?.() ?? -1;
  const owner = ownerOf(pgdata);
  if (uid !== 0) {
    if (owner !== null && owner.uid !== uid) {
      throw new EmbeddedPostgresError(
        `The database in ${pgdata} belongs to user id ${owner.uid} and this process runs as ${uid}; ` +
          "run as that user, or set DURABLE_DATA_DIR to a folder of your own.",
      );
    }
    requireAccount(uid);
    return { uid, gid: process.getgid?.() ?? -1, dropped: false };
  }
  // An existing database keeps its owner, so that a later run as that ordinary user still works.
  if (owner !== null && owner.uid !== 0) return { ...owner, dropped: true };
  const postgres = accounts().find((account) => account.name === "postgres");
  if (postgres) return { uid: postgres.uid, gid: postgres.gid, dropped: true };
  requireAccount(NOBODY);
  return { uid: NOBODY, gid: NOBODY, dropped: true };
}

/** Can this identity open the path? Looks at the mode bits of the path and of every folder above it. */
export function canReach(identity: Identity, path: string): boolean {
  if (!identity.dropped) return true;
  const mayRead = has(identity, path, 0o5);
  if (!mayRead) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!has(identity, folder, 0o1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function has({ uid, gid }: Identity, path: string, bits: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return false;
  const shift = found.uid === uid ? 6 : found.gid === gid ? 3 : 0;
  const wanted = found.isDirectory() ? bits : bits & 0o4;
  return ((found.mode >> shift) & wanted) === wanted;
}

function ownerOf(path: string): { uid: number; gid: number } | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? { uid: found.uid, gid: found.gid } : null;
}

/** initdb looks its user up and dies without a name; say so before it does. macOS keeps accounts elsewhere. */
function requireAccount(uid: number): void {
  if (process.platform !== "linux") return;
  if (accounts().some((account) => account.uid === uid)) return;
  throw new EmbeddedPostgresError(
    `User id ${uid} has no entry in /etc/passwd, which Postgres needs; add one, or set DURABLE_DATABASE_URL to a Postgres of yours.`,
  );
}

function accounts(): { name: string; uid: number; gid: number }[] {
  let text = "";
  try {
    text = readFileSync("/etc/passwd", "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 4)
    .map(([name, , uid, gid]) => ({ name: name ?? "", uid: Number(uid), gid: Number(gid) }));
}
