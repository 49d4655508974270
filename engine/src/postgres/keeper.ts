import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, renameSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { notWritable } from "./failure.ts";
import type { Identity } from "./identity.ts";
import { commandOf, parentOf } from "./process-table.ts";

/**
 * The server must not outlive us, however we end. A SIGKILL leaves no chance to stop it, so its parent is not us but
 * a small shell, the keeper, that reads from a pipe only we hold:
 *
 *     engine ==pipe==> keeper (sh) ---> postgres
 *
 * When we end, in whatever way, the kernel closes the pipe, the read ends, and the keeper asks for a fast shutdown:
 * nothing to recover at the next start. A second engine on the same data folder uses the first one's server, and
 * starts its own when that one goes away (server.ts).
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r _ <&3; kill -INT $server; } 2>/dev/null &
reader=$!
exec 3<&-
trap 'kill -INT $server 2>/dev/null' INT TERM HUP
while kill -0 $server 2>/dev/null; do wait $server; status=$?; done
kill $reader 2>/dev/null
exit \${status:-0}
`;

const KEEPER_NAME = "durable-postgres-keeper";
const LARGEST_LOG_BYTES = 8 * 1024 * 1024;

export interface Keeper {
  readonly child: ChildProcess;
  /** Size of the log before this start: what is said after it, this server said. */
  readonly logOffset: number;
}

/** Starts a server under a keeper, in its data folder, as the given account. */
export function keep(command: string[], identity: Identity, pgdata: string, logFile: string): Keeper {
  const log = openLog(logFile);
  const child = spawn("/bin/sh", ["-c", KEEPER, `${KEEPER_NAME}:${process.pid}`, ...command], {
    cwd: pgdata,
    // A session of its own: Ctrl-C in our terminal must reach us first, and the server only after we have drained.
    detached: true,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    stdio: ["pipe", log.fd, log.fd],
    ...(identity.dropped ? { uid: identity.uid, gid: identity.gid } : {}),
  });
  closeSync(log.fd);
  // A program that forgets to stop the server may still end; the closed pipe then stops it.
  child.unref();
  (child.stdin as Socket).unref();
  child.stdin?.on("error", () => {});
  return { child, logOffset: log.offset };
}

/**
 * Who looks after a server: a living engine ("kept"), an engine that just ended, so that the keeper is about to stop
 * the server ("ending"), or nobody, after a crash that took the keeper as well ("orphan").
 */
export function keptBy(server: number): "kept" | "ending" | "orphan" {
  const keeper = parentOf(server);
  const engine =
    keeper === null ? undefined : new RegExp(`${KEEPER_NAME}:(\\d+)`).exec(commandOf(keeper))?.[1];
  if (keeper === null || engine === undefined) return "orphan";
  // A process whose parent ends is given to another.
  return parentOf(keeper) === Number(engine) ? "kept" : "ending";
}

function openLog(file: string): { fd: number; offset: number } {
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES)
      renameSync(file, `${file}.old`);
    const fd = openSync(file, "a", 0o600);
    return { fd, offset: statSync(file).size };
  } catch (error) {
    throw notWritable(file, error);
  }
}
