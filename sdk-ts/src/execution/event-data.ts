import { RESERVED_EVENT_PREFIX, type RunEvent } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { DurableFunction } from "../function.ts";
import { issuesSentence, type StandardSchema } from "../standard-schema.ts";
import { isFor, onlySchemaOf, triggersOf } from "../trigger.ts";

/** The schema of the function's input, else of the trigger that the event fits, or that a start by hand stands for. */
export function schemaFor({ options }: DurableFunction, eventName: string): StandardSchema | undefined {
  if (options.input !== undefined) return options.input as StandardSchema;
  for (const trigger of triggersOf(options)) if (isFor(trigger, eventName)) return trigger.schema;
  return eventName.startsWith(RESERVED_EVENT_PREFIX) ? onlySchemaOf(triggersOf(options)) : undefined;
}

/** The event's data as the schema makes it. @throws NonRetriableError with the issues when it does not fit. */
export function checkedData(schema: StandardSchema, event: RunEvent): Promise<unknown> {
  return checked(schema, event.data, `The data of event "${event.name}" does not fit the function's schema`);
}

/** What the handler returned, as the schema makes it. @throws NonRetriableError with the issues when it does not fit. */
export function checkedOutput(
  fn: DurableFunction,
  schema: StandardSchema,
  output: unknown,
): Promise<unknown> {
  return checked(schema, output, `What function "${fn.id}" returned does not fit its output schema`);
}

/** What a person answered, its value as the schema makes it. @throws NonRetriableError with the issues when it does not fit. */
export async function checkedAnswer<Answer extends { readonly value: unknown }>(
  stepName: string,
  schema: StandardSchema,
  answer: Answer,
): Promise<Answer> {
  const value = await checked(
    schema,
    answer.value,
    `The answer to step "${stepName}" does not fit the step's schema`,
  );
  return { ...answer, value };
}

async function checked(schema: StandardSchema, value: unknown, complaint: string): Promise<unknown> {
  const validated = schema["~standard"].validate(value);
  const result = validated instanceof Promise ? await validated : validated;
  if (result.issues === undefined) return result.value;
  throw new NonRetriableError(`${complaint}: ${issuesSentence(result.issues)}`);
}
