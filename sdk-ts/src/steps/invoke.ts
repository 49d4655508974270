import type { Duration } from "../duration.ts";
import type { Turn } from "../execution/turn.ts";
import type { DataOf, OutputOf } from "../function.ts";
import type { Jsonify } from "../json.ts";
import { boundedMs } from "./bounded-duration.ts";
import { type ChildOptions, type ChildTarget, childOnWire, readCall } from "./child.ts";

/** What a child gets, and how long it is waited for. */
export interface InvokeOptions<Data = unknown> extends ChildOptions<Data> {
  /** After it the step fails with an `InvokeTimeoutError`, and the child is cancelled. For ever unless told. */
  readonly timeout?: Duration | undefined;
}

/**
 * `step.invoke(name, fn, { input, app, timeout, onCancel })`: runs another function as a child run, of this app or of one that
 * lets it, and resolves to its output. `fn` is the function or its id; without a name the step is called like it. What the
 * child fails with is thrown here, with its name, message and cause; a cancelled child is a `ChildCancelledError`. Nothing
 * is held meanwhile.
 */
export interface Invoke {
  <Fn extends ChildTarget>(
    name: string,
    fn: Fn,
    options?: InvokeOptions<DataOf<Fn>>,
  ): Promise<Jsonify<OutputOf<Fn>>>;
  <Fn extends ChildTarget>(fn: Fn, options?: InvokeOptions<DataOf<Fn>>): Promise<Jsonify<OutputOf<Fn>>>;
}

export function makeInvoke(turn: Turn): Invoke {
  return ((...args: Parameters<typeof readCall<InvokeOptions>>[0]) => {
    const call = readCall<InvokeOptions>(args);
    const { name, options } = call;
    return turn.ask({ op: "invoke", name }, (id, n) => {
      const child = childOnWire("invoke", call, ["timeout"]);
      const { timeout } = options;
      const timeoutMs = timeout === undefined ? undefined : boundedMs(`Step "${name}"`, timeout);
      turn.report({
        op: "invoke",
        id,
        name,
        n,
        ...child,
        ...(timeoutMs !== undefined && { timeout_ms: timeoutMs }),
      });
    });
  }) as Invoke;
}
