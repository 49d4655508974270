import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { codeOf } from "./failure.ts";

/** Questions about other processes. Linux answers in /proc (`ps` is missing from slim images), macOS through `ps`. */
const linux = process.platform === "linux";

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

export function parentOf(pid: number): number | null {
  if (!linux) return Number(ps("ppid=", pid)) || null;
  try {
    // "pid (name) state ppid ...": the name may hold spaces and brackets, so read after the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

export function commandOf(pid: number): string {
  if (!linux) return ps("command=", pid);
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** Is this process the server of that data folder? Process ids are reused, so being alive is not enough. */
export function isServerOf(pid: number, pgdata: string): boolean {
  if (!isAlive(pid)) return false;
  if (!linux) return /postgres/.test(commandOf(pid));
  try {
    // Every Postgres process keeps its data folder as its working folder.
    return readlinkSync(`/proc/${pid}/cwd`) === pgdata;
  } catch (error) {
    // ENOENT: gone or a zombie. EACCES: another user's, so not one that we could have started.
    return codeOf(error) === "EACCES" && /postgres/.test(commandOf(pid));
  }
}

function ps(field: string, pid: number): string {
  try {
    return execFileSync("ps", ["-o", field, "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return "";
  }
}
