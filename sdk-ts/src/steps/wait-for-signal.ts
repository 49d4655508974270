import { ID_CHARACTERS_MAX, readToken } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { Untyped } from "../event.ts";
import type { Turn } from "../execution/turn.ts";
import { checkOptions } from "./checked-options.ts";
import type { Token } from "./create-token.ts";
import { timeoutOnWire, type WaitTimeout } from "./wait-for-event.ts";

/** Which signal is waited for, and how long. */
export interface SignalOptions extends WaitTimeout {
  /** The key that is signalled; the step's name unless told. */
  readonly key?: string | undefined;
  /** A token of this run instead of a key: what `step.createToken` made. */
  readonly token?: string | Token | undefined;
}

/**
 * `step.waitForSignal(name, { key | token, timeout })`: the payload of `durable.signal(key, payload)`, or what the token
 * was completed with; null after the timeout. A signal sent since the run began counts too.
 */
export type WaitForSignal = <Payload = Untyped>(
  name: string,
  options?: SignalOptions,
) => Promise<Payload | null>;

export function makeWaitForSignal(turn: Turn): WaitForSignal {
  return (name, options = {}) =>
    turn.ask({ op: "signal", name }, (id, n) => {
      const subject = `Step "${name}"`;
      checkOptions(subject, "step.waitForSignal", options, ["key", "token", "timeout"]);
      const key = keyOf(subject, name, options);
      turn.report({ op: "signal", id, name, n, key, ...timeoutOnWire(subject, options) });
    });
}

function keyOf(subject: string, name: string, { key, token }: SignalOptions): string {
  if (token === undefined) return checkKey(subject, key ?? name);
  if (key !== undefined) throw new NonRetriableError(`${subject}: give a key or a token, not both.`);
  const read = readToken(String(typeof token === "string" ? token : token?.token));
  if (read === null) throw new NonRetriableError(`${subject}: "token" is none of step.createToken.`);
  return read.key;
}

export function checkKey(subject: string, key: unknown): string {
  if (typeof key === "string" && key !== "" && key.length <= ID_CHARACTERS_MAX) return key;
  throw new NonRetriableError(
    `${subject}: a signal's key is a text of 1 to ${ID_CHARACTERS_MAX} characters.`,
  );
}
