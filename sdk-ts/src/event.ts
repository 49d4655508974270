import type { Duration } from "./duration.ts";
import type { Instant } from "./instant.ts";
import type { InferOutput, StandardSchema } from "./standard-schema.ts";

/** An event as a run receives it. */
export interface DurableEvent<Data = unknown, Name extends string = string> {
  readonly id: string;
  readonly name: Name;
  readonly data: Data;
  /** When it happened: RFC 3339, UTC. */
  readonly time: string;
}

/** An event to send. */
export interface EventToSend {
  /** 1 to 200 of A-Z a-z 0-9 _ . : / - ; names that begin with `durable.` are the engine's. */
  readonly name: string;
  /** Anything JSON can hold, up to 1 MiB. */
  readonly data?: unknown;
  /** Unique in the workspace: sent again under it, the event is accepted once. Default: a new one. */
  readonly id?: string | undefined;
  /** When it happened; now unless told. */
  readonly time?: Instant | undefined;
  /** The runs it starts begin so much later, up to 366 days; what waits for it has it at once. */
  readonly delay?: Duration | undefined;
  /** They begin then, or at once when that is over. Not beside `delay`. */
  readonly at?: Instant | undefined;
  /** Up to ten words that the runs it starts are found by: `durable runs ls tag:import`. */
  readonly tags?: readonly string[] | undefined;
}

/** The event of each trigger: one name and one type of data per trigger, so that `event.name` tells them apart. */
export type EventOf<EachTrigger, Input = undefined> = EachTrigger extends { readonly event: infer Name }
  ? DurableEvent<DataOf<EachTrigger, Input>, NameOf<Name>>
  : DurableEvent<InputData<Input>>;

// A wildcard stands for many names.
type NameOf<Name> = Name extends `${string}*${string}` ? string : Name extends string ? Name : string;

// `input` wins over the trigger's schema.
type DataOf<EachTrigger, Input> = [Input] extends [StandardSchema]
  ? InferOutput<Input>
  : EachTrigger extends { readonly schema: infer Schema }
    ? [Schema] extends [StandardSchema]
      ? InferOutput<Schema>
      : Untyped
    : Untyped;

type InputData<Input> = [Input] extends [StandardSchema] ? InferOutput<Input> : Untyped;

/** Without a schema data is read freely, like the result of JSON.parse. */
// biome-ignore lint/suspicious/noExplicitAny: said above
export type Untyped = any;
