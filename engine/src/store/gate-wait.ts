import type { RunStatus } from "./runs-listing.ts";

/** Why a job waits at a limit: `durable.gate_wait`. */
export interface GateWait {
  /** The planned step whose job it is, as 32 hex digits; null for the run itself. */
  readonly step: string | null;
  /** Of the run, parked at its gates; this is the oldest of them. */
  readonly jobs: number;
  readonly since: string;
  /** Its count is null once no function declares it: then everything is let through. */
  readonly limit: {
    readonly id: string;
    readonly name: string;
    readonly kind: "concurrency" | "throttle";
    readonly count: number | null;
  };
  /** JSON text; null for a limit without a key. */
  readonly key: string | null;
  /** Places that are taken; 0 at a throttle. */
  readonly used: number;
  /** Jobs before it; at least so many where `capped`. */
  readonly ahead: number;
  readonly capped: boolean;
  /** Who has been in for longest: 10 at most. */
  readonly holders: readonly {
    readonly run: string;
    readonly since: string;
    readonly unit: "step" | "run";
    readonly status: RunStatus;
  }[];
  /** Runs that hold a place there and go on only after this one has ended. */
  readonly waiting_for_it: readonly string[];
  /** Of a throttle: when the next start is possible, and when this one is if all before it start. */
  readonly opens_at: string | null;
  readonly starts_at: string | null;
}
