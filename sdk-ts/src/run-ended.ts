import type { Failure } from "@durable/protocol/wire";

/**
 * What the events `durable.run.completed`, `durable.run.failed` and `durable.run.cancelled` say, as `event.data` of a
 * function whose trigger names them. They tell of every run of the app and environment, but for runs that such an event
 * has started.
 */
export interface RunEnded {
  /** RFC 3339, UTC. */
  readonly run: { readonly id: string; readonly started_at: string; readonly ended_at: string };
  /** Its function's id. */
  readonly function: string;
  readonly status: "completed" | "failed" | "cancelled";
  /** What started it. */
  readonly event: { readonly id: string; readonly name: string };
  /** What a completed run returned; null where it is larger than 16 KiB. */
  readonly output: unknown;
  readonly output_bytes: number;
  /** What a failed run failed with. */
  readonly error: Failure | null;
  /** The step that it came from, if it was one. */
  readonly step: { readonly id: string; readonly name: string } | null;
}
