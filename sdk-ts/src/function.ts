import type { DurableEvent, EventOf, Untyped } from "./event.ts";
import { checkFunction } from "./function-check.ts";
import type { Limits } from "./limits.ts";
import type { FailureHandler } from "./on-failure.ts";
import { type PolicyOptions, type RetryOptions, withOnExhausted } from "./retry.ts";
import type { SearchOptions } from "./search.ts";
import type { InferInput, StandardSchema } from "./standard-schema.ts";
import type { Step } from "./steps/step.ts";
import type { Trigger } from "./trigger.ts";

/** What a handler gets. */
export interface RunContext<Event = DurableEvent> {
  /** What started the run; of a batch the first. */
  readonly event: Event;
  /** All events of a batch, in the order in which they arrived; of every other run its one. */
  readonly events: readonly Event[];
  /** What the run does durably. */
  readonly step: Step;
  /** `startedAt`: RFC 3339, UTC. */
  readonly run: { readonly id: string; readonly startedAt: string };
  /**
   * W3C Trace Context of the request that the engine made, another one each time the handler is called: hand it to what
   * you call or send within a step. Missing where nobody said.
   */
  readonly traceparent?: string | undefined;
}

/** What a function is. */
export interface FunctionOptions<
  EachTrigger extends Trigger = Trigger,
  Input extends StandardSchema | undefined = StandardSchema | undefined,
  Output = unknown,
> extends Limits,
    SearchOptions {
  /** Unique in the app: 1 to 100 of A-Z a-z 0-9 _ . - It names the function for ever; its runs are found by it. */
  readonly id: string;
  /** What starts a run. Without one it is started only by hand. */
  readonly trigger?: EachTrigger | undefined;
  /** Up to ten, any of which starts a run. */
  readonly triggers?: readonly EachTrigger[] | undefined;
  /**
   * Of `event.data`, in any Standard Schema. The engine checks it by its JSON Schema, where the library can make one:
   * an event that does not fit starts no run and leaves a skip, a trigger or a call that does not fit is refused. What
   * the schema makes of the data is what the handler gets; a run whose data does not fit here fails, without a retry.
   */
  readonly input?: Input | undefined;
  /** Of what the handler returns; a run that returns something else fails, without a retry. */
  readonly output?: StandardSchema | undefined;
  /** For the engine, where the library of `input` or `output` can make no JSON Schema, or a worse one. */
  readonly jsonSchema?: { readonly input?: unknown; readonly output?: unknown } | undefined;
  /** For its steps, unless a step has its own, and for errors outside of steps. */
  readonly retry?: RetryOptions | undefined;
  /**
   * What follows the last attempt of a step, and of the function outside its steps: it fails (`"fail"`, the default), or
   * the run pauses until a person has mended the cause and resumes it (`"pause"`).
   */
  readonly onExhausted?: "fail" | "pause" | undefined;
  /**
   * Called when a run has failed for good, after what it could undo is undone: as a run of its own, with steps of its
   * own and the same `retry`. It is started in the commit that fails the run. When it fails itself, that is the end.
   */
  readonly onFailure?: FailureHandler | undefined;
  /**
   * The functions that it starts with `step.invoke` and `step.spawn`, as such or as `"id"` or `"app/id"`. Said here, one
   * of this app that is not served is refused at sync, instead of when a run comes to it; `durable check` finds a step
   * that starts another one. What it leaves out changes nothing at run time.
   */
  readonly invokes?: readonly (DurableFunction | string)[] | undefined;
  /**
   * The function. It is called again from the top after each step, with the results so far: keep clocks, chance and
   * everything that has effects inside steps.
   */
  readonly handler: (context: RunContext<EventOf<EachTrigger, Input>>) => Promise<Output> | Output;
}

/** A function that `serve` can offer. */
// biome-ignore lint/suspicious/noExplicitAny: what takes any function takes any data
export interface DurableFunction<Output = unknown, Data = any> {
  readonly id: string;
  /** Only for the compiler: what it takes. */
  readonly "~data"?: Data;
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
>(
  options: FunctionOptions<EachTrigger, Input, Output>,
): DurableFunction<Output, TakenData<EachTrigger, Input>> {
  checkFunction(options);
  return { id: options.id, options };
}

/** What a function returns; of a function named by its id nothing is known. */
export type OutputOf<Fn> = Fn extends DurableFunction<infer Output> ? Output : Untyped;

/** What a function takes, before its schema makes anything of it. */
export type DataOf<Fn> = Fn extends { readonly "~data"?: infer Data } ? Data : Untyped;

type TakenData<EachTrigger, Input> = [Input] extends [StandardSchema]
  ? InferInput<Input>
  : EachTrigger extends { readonly schema: infer Schema extends StandardSchema }
    ? InferInput<Schema>
    : Untyped;

/** What its steps go by where they say nothing. */
export function policyOptionsOf({ options }: DurableFunction): PolicyOptions {
  const { retry, onExhausted } = options;
  return onExhausted === undefined ? (retry ?? NO_OPTIONS) : withOnExhausted(retry, onExhausted);
}

const NO_OPTIONS: PolicyOptions = {};
