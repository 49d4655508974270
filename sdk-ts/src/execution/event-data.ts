import type { RunEvent } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { DurableFunction } from "../function.ts";
import { issuesSentence, type StandardSchema } from "../standard-schema.ts";
import { isFor, triggersOf } from "../trigger.ts";

/** The schema of the function's input, else of the trigger that the event fits. */
export function schemaFor({ options }: DurableFunction, eventName: string): StandardSchema | undefined {
  if (options.input !== undefined) return options.input as StandardSchema;
  for (const trigger of triggersOf(options)) if (isFor(trigger, eventName)) return trigger.schema;
  return undefined;
}

/** The event's data as the schema makes it. @throws NonRetriableError with the issues when it does not fit. */
export async function checkedData(schema: StandardSchema, event: RunEvent): Promise<unknown> {
  const validated = schema["~standard"].validate(event.data);
  const result = validated instanceof Promise ? await validated : validated;
  if (result.issues === undefined) return result.value;
  throw new NonRetriableError(
    `The data of event "${event.name}" does not fit the function's schema: ${issuesSentence(result.issues)}`,
  );
}
