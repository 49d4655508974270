import type { RawJson } from "@durable/protocol/wire";
import type { Actor } from "../auth/actor.ts";
import type { AnswerOf, BodyOf, Operation, ParamsOf, QueryOf, Table } from "./contract/table.ts";

/** A request that passed every check of its row. */
export interface Call<Name extends Operation> {
  readonly params: ParamsOf<Name>;
  readonly query: QueryOf<Name>;
  readonly body: BodyOf<Name>;
  /** Of the body, without parameters. */
  readonly contentType: string;
  /** Null on routes that are open to anybody. */
  readonly actor: Actor | null;
  /** Where it came from, as far as this process sees. */
  readonly peer: string;
  /** Of the request; null when it has none of this name. */
  header(name: string): string | null;
  /** Whether the credential of this request still allows it. Rejects when it does not. */
  authorizeAgain(): Promise<unknown>;
  /** Aborts when the client hangs up. */
  signal(): AbortSignal;
}

/** An answer, in which any part may stand as the JSON text it was received as. */
export type Written<Value> =
  | RawJson
  | (Value extends readonly (infer Item)[]
      ? readonly Written<Item>[]
      : Value extends object
        ? { readonly [Key in keyof Value]: Written<Value[Key]> }
        : Value);

export type Handler<Name extends Operation> = (
  call: Call<Name>,
) => Promise<
  Table[Name] extends { readonly streams: true } ? ReadableStream<Uint8Array> : Written<AnswerOf<Name>>
>;

/** One handler per row of the table: the compiler misses none. */
export type Handlers<Name extends Operation = Operation> = { readonly [Each in Name]: Handler<Each> };
