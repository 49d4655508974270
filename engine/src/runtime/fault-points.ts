import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

// Named points at which the fault harness may kill, stop, delay or fail this process. They sit where a crash
// separates two things that belong together: a commit and its answer, a claim and its dispatch. Off unless both
// DURABLE_CHAOS=1 and DURABLE_FAULTS are set; then a call costs one comparison.
//
//   DURABLE_FAULTS="seed=7,commit.before=kill@0.01,claim.after=stop@0.005,ingest.before-ack=delay:300@0.1"
//
// An action is `kill` (SIGKILL to itself), `stop` (SIGSTOP: a zombie once somebody continues it), `delay:<ms>` or
// `error`; it happens with the given probability, or exactly once, the n-th time, with `#n`: `commit.after=kill#3`.

export type FaultPointName =
  | "ingest.before-commit"
  | "ingest.after-commit"
  | "ingest.before-ack"
  | "claim.after"
  | "dispatch.before-send"
  | "dispatch.after-answer"
  | "stream.before-reply"
  | "commit.before"
  | "commit.after"
  | "heartbeat.before"
  | "rescue.after"
  | "timers.after"
  | "match.before"
  | "look-back.before"
  | "ends.before"
  | "ends.told"
  | "errors.before"
  | "alerts.sent"
  | "webhooks.sent"
  | "erase.piece"
  | "notices.sent"
  | "ticks.claimed"
  | "ticks.accepted"
  | "cancel.after"
  | "drain.begin";

interface Fault {
  readonly action: "kill" | "stop" | "delay" | "error";
  readonly delayMs: number;
  readonly probability: number;
  readonly onlyAt: number | null;
  passed: number;
}

/** A stream of numbers in [0, 1) that a seed fixes: splitmix32. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4294967296;
  };
}

/** `seed=7,<target>=<action>@<probability>,...` as [target, action, rest] triples; a typing error stops the start. */
export function faultEntries(text: string): {
  seed: number;
  entries: [target: string, action: string, when: string][];
} {
  let seed = 1;
  const entries: [string, string, string][] = [];
  for (const part of text.split(",").filter((part) => part.trim() !== "")) {
    const found = /^\s*([a-z_*.-]+)=([a-z0-9_:-]+)((?:@[0-9.]+)|(?:#[0-9]+))?\s*$/.exec(part);
    if (found === null)
      throw new Error(`"${part}" is no fault; write <point>=<action>@<probability> or #<n>.`);
    if (found[1] === "seed") seed = Number(found[2]);
    else entries.push([found[1]!, found[2]!, found[3] ?? "@1"]);
  }
  return { seed, entries };
}

const armed = process.env["DURABLE_CHAOS"] === "1" ? arm(process.env["DURABLE_FAULTS"] ?? "") : undefined;

export function faultPoint(name: FaultPointName): Promise<void> | void {
  if (armed === undefined) return;
  return armed(name);
}

function arm(text: string): ((name: FaultPointName) => Promise<void> | void) | undefined {
  const { seed, entries } = faultEntries(text);
  if (entries.length === 0) return undefined;
  const random = seededRandom(seed);
  const faults = new Map<string, Fault[]>();
  for (const [target, action, when] of entries) {
    faults.set(target, [...(faults.get(target) ?? []), faultOf(action, when)]);
  }
  return (name) => {
    for (const fault of faults.get(name) ?? []) {
      fault.passed += 1;
      const happens = fault.onlyAt === null ? random() < fault.probability : fault.passed === fault.onlyAt;
      if (happens) return act(name, fault);
    }
  };
}

function faultOf(text: string, when: string): Fault {
  const [action, argument] = text.split(":");
  if (action !== "kill" && action !== "stop" && action !== "delay" && action !== "error") {
    throw new Error(`"${text}" is no fault action; use kill, stop, delay:<ms> or error.`);
  }
  const number = Number(when.slice(1));
  return {
    action,
    delayMs: Number(argument ?? 100),
    probability: when.startsWith("@") ? number : 0,
    onlyAt: when.startsWith("#") ? number : null,
    passed: 0,
  };
}

function act(name: FaultPointName, fault: Fault): Promise<void> | void {
  // Written synchronously: after the signal nobody is left to write it. The harness counts these lines.
  writeSync(2, `fault ${name} ${fault.action}\n`);
  if (fault.action === "kill") process.kill(process.pid, "SIGKILL");
  else if (fault.action === "stop") process.kill(process.pid, "SIGSTOP");
  else if (fault.action === "delay") return sleep(fault.delayMs);
  else throw new Error(`a fault was injected at ${name}`);
}
