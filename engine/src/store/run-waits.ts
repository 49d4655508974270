import type { RunStatus } from "../domain/run-status.ts";
import type { PauseListed } from "./pauses.ts";

/** How far a queue is counted: for one run, and for each of a page of runs. */
export const POSITION_MAX = 5_000;
export const POSITION_MAX_IN_LISTS = 1_000;

/**
 * Why it cannot be told when a job goes on. `closed`: its limit is 0. `never`: all places are held by runs that wait
 * for this one. `far`: more are before it than are counted. `unmeasured`: no two places were freed while jobs waited.
 * `stalled`: none was freed for ten times as long as usual. `outside`: it is not the engine's to decide.
 */
export type StartUnknown = "closed" | "never" | "far" | "unmeasured" | "stalled" | "outside";

/** Why a run does not go on: `durable.run_waits`. Of several things the one that people can do most about. */
export interface RunWait {
  readonly kind:
    | "concurrency"
    | "throttle"
    | "singleton" // another run of its key holds it
    | "held" // a person has paused its workspace, its function, its key or its tenant
    | "circuit" // its endpoint is down or busy
    | "slot" // it is ready: a free slot of an engine
    | "paused"
    | "begin" // it was born asleep
    | "retry" // the next try of a step, of the function, or of a call
    | "step" // a planned step of it, whose app is being called
    | "child"
    | "input"
    | "event"
    | "signal"
    | "sleep";
  /** Which of its steps waits, by 32 hex digits; null for the run itself. */
  readonly step: { readonly id: string; readonly name: string } | null;
  readonly since: string | null;
  /** When it is over at the latest: end of a sleep, next try, timeout. */
  readonly until: string | null;
  /** When it goes on, as far as can be told; else there is a reason. */
  readonly starts_at: string | null;
  readonly starts_unknown: StartUnknown | null;
  /** Its jobs that wait at limits: itself, or planned steps. */
  readonly jobs: number;
  readonly gate: GateWait | null;
  readonly pause: Omit<PauseListed, "held"> | null;
  readonly circuit: {
    readonly state: "open" | "limited";
    readonly since: string;
    readonly next_probe_at: string;
    readonly last_error: string;
  } | null;
  /** The number of the next try. */
  readonly attempt: number | null;
  readonly child: {
    readonly run: string;
    readonly app: string | null;
    readonly function: string;
    readonly status: RunStatus;
  } | null;
  readonly input: {
    readonly id: string;
    readonly kind: "approval" | "input";
    readonly assignee: string | null;
  } | null;
  /** Those that are missing. `match` is JSON text; a signal's names its key. */
  readonly events: readonly { readonly event: string; readonly match: string }[] | null;
}

/** What a job finds at the limit that holds it back: `durable.gate_wait`. */
export interface GateWait {
  /** Its count is null once no function declares it: then everything is let through. */
  readonly limit: {
    readonly id: string;
    readonly name: string;
    readonly kind: "concurrency" | "throttle" | "singleton";
    readonly count: number | null;
  };
  /** JSON text; null for a limit without a key. */
  readonly key: string | null;
  /** Places that are taken; 0 at a throttle. */
  readonly used: number;
  /** In the queue of this key: 1 is next; at least this where `capped`. */
  readonly position: number;
  readonly capped: boolean;
  /** Milliseconds from one start to the next: of a throttle as declared, else as measured while jobs waited. */
  readonly pace_ms: number | null;
  /** Of a throttle: when the next start is possible. */
  readonly opens_at: string | null;
  /** Who has been in for longest: 10 at most. */
  readonly holders: readonly {
    readonly run: string;
    readonly since: string;
    readonly unit: "step" | "run";
    readonly status: RunStatus;
  }[];
  /** Runs that hold a place there and go on only after this one has ended. */
  readonly waiting_for_it: readonly string[];
}
