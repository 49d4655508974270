// What a client of the API is typed by: this file has no code, so a browser takes nothing of the engine's with it.
import type { z } from "@hono/zod-openapi";
import type { AnswerOf, Operation, Table } from "./table.ts";

export type { AnswerOf, Operation };

/** What is read: the answer is JSON, and asking changes nothing. */
export type ReadOperation = {
  [Name in Operation]: Table[Name] extends { method: "get" }
    ? Table[Name] extends { streams: true } | { text: unknown }
      ? never
      : Name
    : never;
}[Operation];

export type ChangeOperation = {
  [Name in Operation]: Table[Name] extends { method: "get" } ? never : Name;
}[Operation];

type Member<Name extends string, Value> = [keyof Value] extends [never]
  ? unknown
  : Record<never, never> extends Value
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value };

/** What a route needs, in its three places. A member that may be empty may be left out. */
export type InputOf<Name extends Operation> = Member<"params", z.input<Table[Name]["params"]>> &
  Member<"query", z.input<Table[Name]["query"]>> &
  (Table[Name]["body"] extends { schema: infer Schema extends z.ZodType }
    ? Table[Name]["body"] extends { required: false }
      ? { readonly body?: z.input<Schema> }
      : { readonly body: z.input<Schema> }
    : unknown) & {
    /** The same request sent again under it within 24 h is answered the same, and not done again. */
    readonly idempotencyKey?: string;
    /** `confirm` of the 428 that this very call was answered with. */
    readonly confirm?: string;
  };
