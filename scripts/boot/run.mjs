// Runs a task under the pinned Node, as if it had been called directly: same arguments, signals and exit code.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";

/** Tasks are the `task:` scripts of package.json, each `node <file> [arguments]`. */
export function taskNames(root) {
  return Object.keys(scripts(root))
    .filter((name) => name.startsWith("task:"))
    .map((name) => name.slice("task:".length));
}

export function runTask(root, task, args) {
  const [, ...command] = scripts(root)[`task:${task}`].split(" ");
  const bin = join(root, "node_modules", ".bin");
  const child = spawn(
    findNode(bin),
    ["--import", new URL("follow-boot.mjs", import.meta.url).href, ...command, ...args],
    {
      cwd: root,
      // The fourth is how the task notices that we died without a word (follow-boot.mjs).
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      // A group of its own: Ctrl-C reaches us alone, and we pass it on, so that the task hears of it once, not twice.
      detached: process.platform !== "win32",
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` },
    },
  );
  forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`Cannot run ${task}: ${error.message}`)));
    child.once("exit", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 1)));
  });
}

/** npm, the terminal and a process manager may each send the same signal: one within a second is passed on once. */
function forwardSignals(child) {
  let last = 0;
  for (const [received, passedOn] of [
    ["SIGINT", "SIGINT"],
    ["SIGTERM", "SIGTERM"],
    ["SIGHUP", "SIGTERM"],
  ]) {
    process.on(received, () => {
      const now = Date.now();
      if (now - last > 1_000) child.kill(passedOn);
      last = now;
    });
  }
  stopWhenNpmDies(child);
}

/** npm tells its shell to end when it is told to, but the shell does not tell us; we only notice that they are gone. */
function stopWhenNpmDies(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const before = starters();
  const look = setInterval(() => {
    if (starters() === before) return;
    clearInterval(look);
    child.kill("SIGTERM");
  }, 250);
  look.unref();
}

/** Our parent, and, when that is the shell which npm runs scripts in, npm. */
function starters() {
  try {
    const [, name, rest] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, "utf8"));
    return name === "sh" || name === "dash" ? `${process.ppid} ${rest}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`;
  }
}

function findNode(bin) {
  const pinned = join(bin, "node");
  if (existsSync(pinned) && !isMusl()) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new Error(
    `Durable needs Node 22.18 or newer and this is ${process.version}; there is no Node 24 to install for ${process.platform}-${process.arch}, so please install one.`,
  );
}

/** The pinned Node is linked against glibc. */
function isMusl() {
  return process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined;
}

function scripts(root) {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
}
