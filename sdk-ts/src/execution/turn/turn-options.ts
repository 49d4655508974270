import type { SigningKey } from "@durable/protocol/wire";
import type { AnswerStream } from "../../http/answer-stream.ts";
import type { HeartbeatLine } from "../heartbeat-line.ts";
import type { LateLine } from "../late-line.ts";
import type { Trails } from "../trails.ts";
import type { ValueLine } from "../value-line.ts";

/** A step that user code asks for. */
export interface AskedStep {
  readonly id: string;
  readonly op: string;
  readonly name: string;
  readonly n: number;
}

export interface TurnOptions {
  /** What is not recorded does not begin; the turn rests there. */
  readonly isReadOnly?: boolean;
  /** Aborted when the engine has hung up; missing where the server cannot tell. */
  readonly hangUp?: (() => AbortSignal) | undefined;
  /** Where bodies say how far they are; missing where nobody listens. */
  readonly heartbeats?: HeartbeatLine | null;
  /** Where it is told what comes of attempts that are over; missing where nobody listens. */
  readonly late?: LateLine | null;
  /** What the request was signed with: it seals the tokens that the function makes. */
  readonly secret?: SigningKey | undefined;
  /** Whether what bodies print goes to their logs too. */
  readonly capturesConsole?: boolean;
  /** Where this app reaches the engine; null where nobody said. */
  readonly engineUrl?: string | null;
  /** From so many entries of the memo on the engine hears of this turn before its answer. */
  readonly checkpointsFrom?: number;
  /** The answer, where it may be told piece by piece on the request itself. */
  readonly stream?: AnswerStream | undefined;
  /** Of the request. */
  readonly traceparent?: string | undefined;
  /** How large the request was. */
  readonly requestBytes?: number;
  /** Where large values of the memo are fetched; missing where none can be. */
  readonly values?: ValueLine | undefined;
  /** What earlier turns began; in dev, where it is watched whether a replay keeps to that. */
  readonly trails?: Trails | undefined;
  /** Told of each step in the moment in which user code asks for it. */
  readonly asked?: ((step: AskedStep, isRecorded: boolean) => void) | undefined;
}
