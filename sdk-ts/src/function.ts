import type { DurableEvent, EventOf } from "./event.ts";
import { checkFunction } from "./function-check.ts";
import type { Limits } from "./limits.ts";
import type { RetryOptions } from "./retry.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { Step } from "./steps/step.ts";
import type { Trigger } from "./trigger.ts";

/** What a handler gets. */
export interface RunContext<Event = DurableEvent> {
  /** What started the run. */
  readonly event: Event;
  /** What the run does durably. */
  readonly step: Step;
  /** `startedAt`: RFC 3339, UTC. */
  readonly run: { readonly id: string; readonly startedAt: string };
}

export interface FunctionOptions<
  EachTrigger extends Trigger = Trigger,
  Input extends StandardSchema | undefined = StandardSchema | undefined,
  Output = unknown,
> extends Limits {
  /** Unique in the app: 1 to 100 of A-Z a-z 0-9 _ . - It names the function for ever; its runs are found by it. */
  readonly id: string;
  /** What starts a run. Without one it is started only by hand. */
  readonly trigger?: EachTrigger | undefined;
  /** Up to ten, any of which starts a run. */
  readonly triggers?: readonly EachTrigger[] | undefined;
  /** Of `event.data`; checked when a run starts. A run whose event does not fit fails, without a retry. */
  readonly input?: Input | undefined;
  /** Of what the handler returns: described to people, not checked. */
  readonly output?: StandardSchema | undefined;
  /** For its steps, unless a step has its own, and for errors outside of steps. */
  readonly retry?: RetryOptions | undefined;
  /**
   * The function. It is called again from the top after each step, with the results so far: keep clocks, chance and
   * everything that has effects inside steps.
   */
  readonly handler: (context: RunContext<EventOf<EachTrigger, Input>>) => Promise<Output> | Output;
}

/** A function that `serve` can offer. */
export interface DurableFunction<Output = unknown> {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: functions of all kinds share a list
  readonly options: FunctionOptions<any, any, Output>;
}

/**
 * Declares a function; `serve` offers it to the engine.
 * @throws TypeError with what to change, for an id, a trigger or a policy that the engine could not accept.
 */
export function createFunction<
  const EachTrigger extends Trigger = Trigger,
  Input extends StandardSchema | undefined = undefined,
  Output = unknown,
>(options: FunctionOptions<EachTrigger, Input, Output>): DurableFunction<Output> {
  checkFunction(options);
  return { id: options.id, options };
}
