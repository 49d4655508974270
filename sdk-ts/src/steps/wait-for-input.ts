import { INPUT_SCHEMA_BYTES_MAX } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { Untyped } from "../event.ts";
import { checkedAnswer } from "../execution/event-data.ts";
import type { Turn } from "../execution/turn.ts";
import { toJson } from "../execution/value.ts";
import { jsonSchemaOf } from "../json-schema.ts";
import { type InferOutput, isStandardSchema, type StandardSchema } from "../standard-schema.ts";
import { type AnsweredBy, type AskOptions, askedOnWire } from "./asked.ts";

/** What a person is asked, and what fits as an answer. */
export interface InputOptions<Schema extends StandardSchema | undefined = StandardSchema | undefined>
  extends AskOptions {
  /**
   * Of the answer, in any Standard Schema. The engine refuses an answer that does not fit its JSON Schema; what only the
   * original can say is checked when the run gets the answer, and thrown here. Anything fits unless told.
   */
  readonly schema?: Schema | undefined;
  /** For the engine, where the library of `schema` can make no JSON Schema, or a worse one. */
  readonly jsonSchema?: unknown;
}

/** What a person answered. */
export interface Answer<Value = Untyped> extends AnsweredBy {
  /** As the schema makes it. */
  readonly value: Value;
}

/**
 * `step.waitForInput(name, { title, schema, assignee, remindAfter, escalateTo, timeout })`: asks a person, and resolves to
 * the answer with who gave it and when; null after the timeout. The question is in the inbox until then (`durable inputs`,
 * `GET .../inputs`), and the event `durable.input.requested` says so. Nothing is held meanwhile.
 */
export interface WaitForInput {
  <Schema extends StandardSchema>(
    name: string,
    options: InputOptions<Schema> & { readonly schema: Schema },
  ): Promise<Answer<InferOutput<Schema>> | null>;
  <Value = Untyped>(name: string, options?: InputOptions<undefined>): Promise<Answer<Value> | null>;
}

export function makeWaitForInput(turn: Turn): WaitForInput {
  return ((name: string, options: InputOptions = {}) => {
    // What is no object is refused where the step stands.
    const { schema, jsonSchema } = Object(options) as InputOptions;
    const read = (answer: unknown) =>
      answer === null || schema === undefined ? answer : checkedAnswer(name, schema, answer as Answer);
    return turn.ask({ op: "input", name, read }, (id, n) => {
      const subject = `Step "${name}"`;
      if (schema !== undefined && !isStandardSchema(schema)) {
        throw new NonRetriableError(
          `${subject}: "schema" is no Standard Schema (zod, valibot, arktype). Give a plain JSON Schema as "jsonSchema".`,
        );
      }
      const asked = askedOnWire(subject, options, "step.waitForInput", ["schema", "jsonSchema"]);
      const json = toJson(
        `${subject} has a schema of`,
        jsonSchema ?? jsonSchemaOf(schema, "input"),
        INPUT_SCHEMA_BYTES_MAX,
      );
      turn.report({
        op: "input",
        id,
        name,
        n,
        kind: "input",
        ...asked,
        ...(json !== undefined && { schema: json }),
      });
    });
  }) as WaitForInput;
}
