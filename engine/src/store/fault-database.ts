import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { faultEntries, seededRandom } from "../runtime/fault-points.ts";

// Every hot statement goes through here by name, so that the fault harness can answer in the database's place.
// The valuable cases are those in which the statement ran and its answer is lost: they find every write that is
// not safe to repeat. Off unless both DURABLE_CHAOS=1 and DURABLE_DB_FAULTS are set.
//
//   DURABLE_DB_FAULTS="seed=7,*=serialization_failure@0.01,commit=execute-then-timeout@0.02"

type Kind =
  | "error" // refused, did not run
  | "timeout" // cancelled by statement_timeout, did not run
  | "serialization_failure"
  | "deadlock"
  | "lost-before" // the connection broke before the statement reached the server
  | "lost-after" // it ran and committed; the connection broke before the answer
  | "execute-then-timeout"; // the same, and the answer takes its time to fail

interface Fault {
  readonly kind: Kind;
  readonly probability: number;
}

const SQLSTATE: Partial<Record<Kind, string>> = {
  error: "XX000",
  timeout: "57014",
  serialization_failure: "40001",
  deadlock: "40P01",
};

const KINDS: Record<Kind, { runs: boolean; delayMs: number }> = {
  error: { runs: false, delayMs: 0 },
  timeout: { runs: false, delayMs: 200 },
  serialization_failure: { runs: false, delayMs: 0 },
  deadlock: { runs: false, delayMs: 20 },
  "lost-before": { runs: false, delayMs: 0 },
  "lost-after": { runs: true, delayMs: 0 },
  "execute-then-timeout": { runs: true, delayMs: 300 },
};

const armed = process.env["DURABLE_CHAOS"] === "1" ? arm(process.env["DURABLE_DB_FAULTS"] ?? "") : undefined;

export function wrapStatement<T>(name: string, execute: () => Promise<T>): Promise<T> {
  if (armed === undefined) return execute();
  const kind = armed(name);
  return kind === null ? execute() : disturb(name, kind, execute);
}

function arm(text: string): ((name: string) => Kind | null) | undefined {
  const { seed, entries } = faultEntries(text);
  if (entries.length === 0) return undefined;
  const random = seededRandom(seed);
  const faults = new Map<string, Fault[]>();
  for (const [target, kind, when] of entries) {
    if (!(kind in KINDS))
      throw new Error(`"${kind}" is no database fault; use ${Object.keys(KINDS).join(", ")}.`);
    faults.set(target, [
      ...(faults.get(target) ?? []),
      { kind: kind as Kind, probability: Number(when.slice(1)) },
    ]);
  }
  return (name) => {
    for (const fault of [...(faults.get(name) ?? []), ...(faults.get("*") ?? [])]) {
      if (random() < fault.probability) return fault.kind;
    }
    return null;
  };
}

async function disturb<T>(name: string, kind: Kind, execute: () => Promise<T>): Promise<T> {
  writeSync(2, `fault database.${name} ${kind}\n`);
  const { runs, delayMs } = KINDS[kind];
  if (runs) await execute();
  if (delayMs > 0) await sleep(delayMs);
  throw errorOf(name, kind);
}

/** The same shape as the driver's own errors, so that the code under test cannot tell them apart. */
function errorOf(name: string, kind: Kind): Error {
  const code = SQLSTATE[kind];
  if (code === undefined) {
    return Object.assign(new Error(`write CONNECTION_CLOSED (injected at ${name})`), {
      code: "CONNECTION_CLOSED",
    });
  }
  const message = `${kind.replace("_", " ")} (injected at ${name})`;
  const { PostgresError } = postgres as unknown as { PostgresError: new (fields: object) => Error };
  return new PostgresError({ severity: "ERROR", severity_local: "ERROR", code, message });
}
