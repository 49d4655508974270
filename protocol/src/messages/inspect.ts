import type { RetryPolicy } from "./retry.ts";
import type { JsonScalar, Payload } from "./values.ts";

export interface InspectRequest {
  type: "inspect";
  app: string;
}

export interface ProtocolRange {
  min: number;
  max: number;
}

export type Capability =
  | "parallel"
  | "pages"
  | "refs"
  | "unclaimed"
  | "batch"
  | "warm"
  | "stream"
  | "checkpoint"
  | "claim"
  | "heartbeat"
  | "groups"
  | "restart"
  | "call"
  | "query";

export interface EventTrigger {
  /** An event name; `*` stands for any characters. */
  event: string;
  /** CEL over the event. */
  if?: string | undefined;
}

export interface CronTrigger {
  /** Five fields, or six with seconds first. */
  cron: string;
  /** CEL over the event of a tick, as its run would get it: one for which it does not hold starts none. */
  if?: string | undefined;
  /** IANA time zone; UTC unless told. */
  tz?: string | undefined;
  /** A run begins up to so much after its tick, spread evenly; 0 unless told. */
  jitter_ms?: number | undefined;
  /** What becomes of ticks that nobody could start in time; `last` unless told. */
  catch_up?: "none" | "last" | "all" | undefined;
  /** What a tick does while a run of an earlier one is under way; `allow` unless told. */
  overlap?: "allow" | "skip" | "queue" | "cancel" | undefined;
  /** What its runs get as their event's data, instead of `schedule` and `tick`. */
  data?: Payload;
}

export type Trigger = EventTrigger | CronTrigger;

/** What a limit counts separately for: a path into the event's data, or CEL over `event`. */
export type LimitKey = string | { cel: string };

/** So many at a time. */
export interface Concurrency {
  limit: number;
  key?: LimitKey | undefined;
  /** `workspace`: together with all functions that declare the same key there. */
  scope?: "function" | "workspace" | undefined;
  /** What holds a place: a run while it executes (`step`, the default), or from its first step to its end (`run`). */
  unit?: "step" | "run" | undefined;
}

/** So many starts per period; what is over waits. */
export interface Throttle {
  limit: number;
  period_ms: number;
  /** So many at once; 1, the default, spreads them evenly. */
  burst?: number | undefined;
  key?: LimitKey | undefined;
  /** Functions with a throttle of this name share it. */
  name?: string | undefined;
  /** What one start costs. */
  units?: number | { cel: string } | undefined;
}

/** An event with a key that has started a run within the period starts no other. */
export interface Idempotency {
  key: LimitKey;
  period_ms: number;
}

/** So many starts per period; what is over is skipped, or begins later. */
export interface RateLimit {
  limit: number;
  period_ms: number;
  /** So many at once, and then evenly. Without it no window of the period has more than `limit`. */
  burst?: number | undefined;
  key?: LimitKey | undefined;
  on_limit?: "skip" | "delay" | undefined;
}

/** One run for events that come soon after each other: for the last of them when it is quiet, or for the first. */
export interface Debounce {
  period_ms: number;
  key?: LimitKey | undefined;
  max_wait_ms?: number | undefined;
  edge?: "trailing" | "leading" | undefined;
}

/** One run for many events. */
export interface Batch {
  max_size: number;
  max_wait_ms: number;
  max_bytes?: number | undefined;
  key?: LimitKey | undefined;
}

/** One run at a time: what comes meanwhile is skipped, cancels it, or waits. */
export interface Singleton {
  mode: "skip" | "cancel" | "queue";
  key?: LimitKey | undefined;
}

/** A number, or what tells it from the event: a path into its data, or CEL over `event`. */
export type NumberOfEvent = number | LimitKey;

/** Tenants that have jobs waiting are served in proportion to their weights. */
export interface Fairness {
  /** Whose a run is. */
  key: LimitKey;
  weight?: NumberOfEvent | undefined;
}

/** An event that cancels a run of the function. */
export interface CancelOn {
  event: string;
  /** A path whose value must be the same in the data of both events; or path -> the value it must equal. */
  match?: string | Record<string, JsonScalar> | undefined;
  /** CEL over `event` and `trigger`. */
  if?: string | undefined;
  /** Only that long after the run began. */
  timeout_ms?: number | undefined;
}

/** Of a whole run, from its creation on. One that is over ends the run as failed. */
export interface Timeouts {
  /** The app has answered for the first time within it. */
  start_ms?: number | undefined;
  /** The run has ended within it. */
  finish_ms?: number | undefined;
}

export interface FunctionManifest {
  id: string;
  /** Version of the code; a run remembers the one it began with. */
  rev?: string | undefined;
  triggers: Trigger[];
  retry?: RetryPolicy | undefined;
  concurrency?: Concurrency | Concurrency[] | undefined;
  throttle?: Throttle | undefined;
  rate_limit?: RateLimit | undefined;
  debounce?: Debounce | undefined;
  batch?: Batch | undefined;
  singleton?: Singleton | undefined;
  idempotency?: Idempotency | undefined;
  fairness?: Fairness | undefined;
  /** Seconds by which jobs of a run go earlier. */
  priority?: NumberOfEvent | undefined;
  timeouts?: Timeouts | undefined;
  cancel_on?: CancelOn[] | undefined;
  /** Functions that it says it invokes: `id` of this app, or `app/id`. */
  invokes?: string[] | undefined;
  /** The function of this app that is started when a run of this one has failed. */
  on_failure?: string | undefined;
  /** Words that its runs are found by. */
  tags?: string[] | undefined;
  /** Paths into its events, such as `data.user.id`: its runs are found by what stands there. */
  searchable?: string[] | undefined;
  /** JSON Schema of the event's data, and of the output. */
  input?: Payload;
  output?: Payload;
  /** Overrides the app's `max_duration_ms`. */
  max_duration_ms?: number | undefined;
  /** Every step's result is on the engine's disk before the code after it runs. There is no other. */
  durability?: "step" | undefined;
  version?: "latest" | "pinned" | "drain" | undefined;
  /** False: a lost dispatch is repeated only after its deadline, so that code never overlaps itself. */
  overlap?: boolean | undefined;
}

/** The answer to inspect. */
export interface Manifest {
  protocol: ProtocolRange;
  app: string;
  /** Name and version, such as `durable-ts/0.1.0`. */
  sdk: string;
  /** Names the engine does not know are ignored. */
  capabilities: string[];
  /** How long one request may take at most in this app. */
  max_duration_ms: number;
  deployment?: string | undefined;
  /** `sha256:` and 64 hex digits over whatever the SDK chooses; any change causes a sync. */
  manifest: string;
  functions: FunctionManifest[];
}

/** App or operator to engine: "ask this endpoint". Never carries a manifest: the engine pulls it, signed. */
export interface SyncRequest {
  url?: string | undefined;
  deployment?: string | undefined;
}
