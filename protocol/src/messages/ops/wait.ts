import type { JsonScalar } from "../values.ts";
import type { OpIdentity } from "./identity.ts";

/** What an event must be to end a wait. */
export interface Awaited {
  event: string;
  /** Path into the event's data -> the value it must equal. */
  match?: Record<string, JsonScalar> | undefined;
  /** CEL over `event` and `trigger`, the event that started the run. One that fails settles the wait as an error. */
  if?: string | undefined;
  /** An event that came so many ms before the wait counts; since the run began unless told. */
  look_back_ms?: number | undefined;
}

/** One of several; the key tells user code which it was. */
export interface KeyedAwaited extends Awaited {
  key: string;
}

/**
 * Exactly one of `event`, `any` and `all`. Its value is the event; with `any` the first as `{key, event}`; with `all`
 * an object of all by their keys; null after the timeout.
 */
export interface WaitOp extends OpIdentity {
  op: "wait";
  event?: string | undefined;
  match?: Record<string, JsonScalar> | undefined;
  if?: string | undefined;
  look_back_ms?: number | undefined;
  any?: KeyedAwaited[] | undefined;
  all?: KeyedAwaited[] | undefined;
  timeout_ms?: number | undefined;
}
