// What an app declares of a function, as far as people are told of it. It comes as the app wrote it, so nothing here is taken for granted:
// a member of another form is left out of the words, and stays in the JSON beside them.

export type LimitKey = string | { readonly cel: string };

interface Keyed {
  readonly key?: LimitKey;
}

export interface Trigger {
  readonly event?: string;
  readonly cron?: string;
  readonly tz?: string;
  readonly if?: string;
}

export interface Manifest {
  readonly triggers?: readonly Trigger[];
  readonly retry?: {
    readonly max: number;
    readonly backoff: "exponential" | "linear" | "constant" | "table";
    readonly table_ms?: readonly number[];
    readonly base_ms: number;
    readonly factor: number;
    readonly max_ms: number;
    readonly stop_on?: readonly string[];
    readonly retry_on?: readonly string[];
    readonly on_exhausted?: "fail" | "pause";
  };
  readonly concurrency?: Concurrency | readonly Concurrency[];
  readonly throttle?: Keyed & { readonly limit: number; readonly period_ms: number; readonly burst?: number };
  readonly rate_limit?: Keyed & {
    readonly limit: number;
    readonly period_ms: number;
    readonly on_limit?: "skip" | "delay";
  };
  readonly debounce?: Keyed & {
    readonly period_ms: number;
    readonly max_wait_ms?: number;
    readonly edge?: "trailing" | "leading";
  };
  readonly batch?: Keyed & { readonly max_size: number; readonly max_wait_ms: number };
  readonly singleton?: Keyed & { readonly mode: "skip" | "cancel" | "queue" };
  readonly idempotency?: { readonly key: LimitKey; readonly period_ms: number };
  readonly fairness?: { readonly key: LimitKey };
  readonly priority?: number | LimitKey;
  readonly timeouts?: { readonly start_ms?: number; readonly finish_ms?: number };
  readonly cancel_on?: readonly { readonly event: string; readonly if?: string }[];
  readonly on_failure?: string;
  readonly invokes?: readonly string[];
  readonly tags?: readonly string[];
  readonly searchable?: readonly string[];
  readonly input?: unknown;
  readonly output?: unknown;
  readonly max_duration_ms?: number;
  readonly version?: "latest" | "pinned" | "drain";
}

export interface Concurrency extends Keyed {
  readonly limit: number;
  readonly scope?: "function" | "workspace";
  readonly unit?: "step" | "run";
}

export function manifestOf(manifest: unknown): Manifest {
  return manifest !== null && typeof manifest === "object" && !Array.isArray(manifest)
    ? (manifest as Manifest)
    : {};
}
