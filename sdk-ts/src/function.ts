import type { FunctionManifest } from "@durable/protocol/wire";
import type { Duration } from "./duration.ts";
import type { InferOutput, StandardSchema } from "./standard-schema.ts";
import type { Step } from "./steps/step.ts";

/** An event as a handler gets it. */
export interface DurableEvent<Data = unknown> {
  readonly id: string;
  readonly name: string;
  readonly data: Data;
  /** RFC 3339, UTC. */
  readonly time: string;
}

export interface RunContext<Data> {
  readonly event: DurableEvent<Data>;
  readonly step: Step;
  readonly run: { readonly id: string; readonly startedAt: string };
}

/** `schema`: any Standard Schema (zod, valibot, arktype); it types `event.data` and checks it when a run starts. */
export type Trigger<Schema = unknown> =
  | { readonly event: string; readonly if?: string; readonly schema?: Schema }
  | { readonly cron: string; readonly tz?: string };

export interface RetryOptions {
  /** All attempts, the first included. Default 4. */
  readonly max?: number;
  /** Default exponential. */
  readonly backoff?: "exponential" | "linear" | "constant";
  /** Delay before the second attempt. Default 1 s. */
  readonly base?: Duration;
  /** Of exponential backoff. Default 2. */
  readonly factor?: number;
  /** No delay is longer. Default 1 h. */
  readonly maxDelay?: Duration;
  /** Default true: each delay is spread over its upper half. */
  readonly jitter?: boolean;
}

type Limit = Readonly<Record<string, unknown>>;

export interface FunctionOptions<TriggerSchema, InputSchema, Output> {
  /** Unique in the app; names the function for ever. */
  readonly id: string;
  readonly trigger?: Trigger<TriggerSchema>;
  readonly triggers?: readonly Trigger<TriggerSchema>[];
  /** Of `event.data`; checked when a run starts. A run whose event does not fit fails without a retry. */
  readonly input?: InputSchema;
  /** Of the handler's result; shown to people. */
  readonly output?: StandardSchema;
  readonly retry?: RetryOptions;
  readonly concurrency?: Limit | readonly Limit[];
  readonly throttle?: Limit;
  readonly rateLimit?: Limit;
  readonly debounce?: Limit;
  readonly batch?: Limit;
  readonly singleton?: Limit;
  readonly idempotency?: Limit;
  readonly fairness?: Limit;
  readonly priority?: Limit | number;
  readonly timeouts?: Limit;
  readonly cancelOn?: readonly Limit[];
  readonly durability?: FunctionManifest["durability"];
  readonly version?: FunctionManifest["version"];
  readonly handler: (context: RunContext<DataOf<TriggerSchema, InputSchema>>) => Promise<Output> | Output;
}

/** `input` wins over the trigger's schema; without either the data is `any`, as user code without types expects. */
// biome-ignore lint/suspicious/noExplicitAny: untyped events are read freely, like the result of JSON.parse
type DataOf<TriggerSchema, InputSchema> =
  InputSchema extends StandardSchema<any, any>
    ? InferOutput<InputSchema>
    : // biome-ignore lint/suspicious/noExplicitAny: as above
      TriggerSchema extends StandardSchema<any, any>
      ? InferOutput<TriggerSchema>
      : // biome-ignore lint/suspicious/noExplicitAny: as above
        any;

export interface DurableFunction<Output = unknown> {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: functions of all kinds share a list
  readonly options: FunctionOptions<any, any, Output>;
}

/** Declares a function. @throws TypeError for an id or a trigger list that no engine could accept. */
export function createFunction<TriggerSchema = undefined, InputSchema = undefined, Output = unknown>(
  options: FunctionOptions<TriggerSchema, InputSchema, Output>,
): DurableFunction<Output> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(options.id)) {
    throw new TypeError(
      `Function id ${JSON.stringify(options.id)} must be letters, digits, ".", "_" or "-" (at most 200).`,
    );
  }
  if (options.trigger !== undefined && options.triggers !== undefined) {
    throw new TypeError(`Function "${options.id}" has both "trigger" and "triggers"; write one of them.`);
  }
  if (triggersOf(options).length > 10) {
    throw new TypeError(`Function "${options.id}" has more than 10 triggers.`);
  }
  return { id: options.id, options };
}

export function triggersOf(options: {
  trigger?: Trigger | undefined;
  triggers?: readonly Trigger[] | undefined;
}): readonly Trigger[] {
  return options.triggers ?? (options.trigger === undefined ? [] : [options.trigger]);
}
