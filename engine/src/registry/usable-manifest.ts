import type { FunctionManifest, Manifest } from "@durable/protocol/wire";
import { cronProblem, timeZoneProblem } from "../domain/cron.ts";
import { readExpression, type Variables } from "../domain/expressions.ts";
import { Problem } from "../domain/problems.ts";
import { schemaProblem } from "./json-schemas.ts";

/**
 * What is shaped as the protocol says and still cannot be used is refused when it is synced, with its place: later it
 * could only let events through, or none, and nobody would know.
 * @throws Problem `inspect-failed`
 */
export function requireUsable({ functions }: Manifest): void {
  for (const fn of functions) {
    requireSchemas(fn);
    requireExpressions(fn);
    requireCrons(fn);
  }
}

function requireSchemas(fn: FunctionManifest): void {
  for (const side of ["input", "output"] as const) {
    if (fn[side] === undefined) continue;
    const problem = schemaProblem(JSON.stringify(fn[side]));
    if (problem === null) continue;
    throw new Problem(
      "inspect-failed",
      `The ${side} of function "${fn.id}" is no JSON Schema that can be used: ${problem}. Correct it, or give createFunction another one as jsonSchema.`,
    );
  }
}

function requireExpressions(fn: FunctionManifest): void {
  for (const [index, trigger] of fn.triggers.entries()) {
    if (!("event" in trigger) || trigger.if === undefined) continue;
    requireExpression(
      trigger.if,
      "event",
      `trigger ${index + 1} ("${trigger.event}") of function "${fn.id}"`,
    );
  }
  for (const [index, cancel] of (fn.cancel_on ?? []).entries()) {
    if (cancel.if === undefined) continue;
    requireExpression(
      cancel.if,
      "event and trigger",
      `cancelOn ${index + 1} ("${cancel.event}") of function "${fn.id}"`,
    );
  }
}

function requireCrons(fn: FunctionManifest): void {
  for (const [index, trigger] of fn.triggers.entries()) {
    if (!("cron" in trigger)) continue;
    const problem =
      cronProblem(trigger.cron) ?? (trigger.tz === undefined ? null : timeZoneProblem(trigger.tz));
    if (problem === null) continue;
    throw new Problem(
      "inspect-failed",
      `The cron line of trigger ${index + 1} ("${trigger.cron}") of function "${fn.id}" cannot be used: ${problem}.`,
    );
  }
}

function requireExpression(text: string, variables: Variables, where: string): void {
  const expression = readExpression(text, variables);
  if (!("problem" in expression)) return;
  throw new Problem(
    "inspect-failed",
    `The expression of ${where} cannot be used: ${expression.problem}. It is ${JSON.stringify(text)}.`,
  );
}
