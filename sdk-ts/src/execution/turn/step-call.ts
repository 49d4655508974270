import type { Op, PlanOp, RecordedOp } from "@durable/protocol/wire";
import type { Scope } from "../scope.ts";

export type StepWatch = { heartbeat_timeout_ms: number } & Pick<PlanOp, "retry_policy">;

/** A step as user code asks for it. */
export interface StepCall {
  /** What is recorded of it. */
  readonly op: RecordedOp;
  readonly name: string;
  /** Id of the enclosing branch or group; "" is none. */
  readonly scope?: string;
  /** Its body is called only when the engine has it on disk that it is. */
  readonly atMostOnce?: boolean;
  /** How often its body says that it lives, and what follows its silence: the engine watches over it. */
  readonly watch?: StepWatch | undefined;
  /** Whether a recorded value can be of this kind of step, where several share an op. Every value is unless told. */
  readonly fits?: (value: unknown) => boolean;
  /** What user code gets for the value that is recorded; the value itself unless told. */
  readonly read?: (value: unknown) => unknown;
  /** What undoes it once it is recorded, given what user code gets for the recorded value. */
  readonly undo?: ((id: string, value: unknown) => Promise<Op>) | undefined;
}

/**
 * What to do when a step is new: report an op or start a body. The promise that it may return is the step's own
 * failure, for a step that fails without being recorded.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most return nothing
export type Begin = (id: string, n: number) => Promise<never> | void;

/** Somebody in user code who awaits a step. */
export interface Awaiting {
  readonly call: StepCall;
  readonly scope: Scope;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What user code gets for what is recorded. */
export function readBy({ read }: StepCall, value: unknown): unknown {
  return read === undefined ? value : read(value);
}
