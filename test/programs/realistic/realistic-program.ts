// What a hand-written program of the crash matrix is.

import type { DurableFunction } from "../../../sdk-ts/src/index.ts";
import type { TestKit, TestRun } from "../../../sdk-ts/src/testing/index.ts";

export interface RealisticProgram {
  readonly fn: DurableFunction;
  readonly data?: unknown;
  /** What it needs from outside. */
  readonly drive?: (run: TestRun, kit: TestKit) => Promise<unknown>;
  /** How it ends; completed unless told. */
  readonly ends?: "failed";
  /** How many keys its calls to the outside carry: each is charged, sent or booked once, however often it is called. */
  readonly outside?: number;
}

/** The outside world, which does everything once per idempotency key. */
export const outside = new Set<string>();

/** A call to it. */
export function callOutside<Value>(value: Value) {
  return ({ idempotencyKey }: { readonly idempotencyKey: string }): Value => {
    outside.add(idempotencyKey);
    return value;
  };
}

/** Fails until its second attempt. */
export function flaky<Value>(value: Value) {
  return ({ attempt }: { readonly attempt: number }): Value => {
    if (attempt === 1) throw new Error("not yet");
    return value;
  };
}

export const say = (name: string, data?: unknown) => (_: TestRun, kit: TestKit) => kit.send({ name, data });
