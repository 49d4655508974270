import { type CronTrigger, type FunctionManifest, type Manifest, writeJson } from "@durable/protocol/wire";
import { cronProblem, timeZoneProblem } from "../domain/cron.ts";
import { readExpression, type Variables, type Yields } from "../domain/expressions.ts";
import { nearNames } from "../domain/near-names.ts";
import { Problem } from "../domain/problems.ts";
import { type DeclaredLimit, declaredLimits } from "./declared-limits.ts";
import { declaredShapes } from "./declared-shapes.ts";
import { schemaFlaws, schemaProblem, sentenceOfFlaws } from "./json-schemas.ts";

/**
 * What is shaped as the protocol says and still cannot be used is refused when it is synced, with its place: later it
 * could only let events through, or none, and nobody would know.
 * @throws Problem `inspect-failed`
 */
export function requireUsable({ app, functions }: Manifest): void {
  for (const fn of functions) {
    requireSchemas(fn);
    requireExpressions(fn);
    requireCrons(fn);
    requireLimitExpressions(fn);
    requireShapeKeys(fn);
  }
  requireAgreement(functions);
  requireTargets(app, functions);
}

/** Of other apps nothing is known here: they may be deployed later, so the step that invokes one says whether it can. */
function requireTargets(app: string, functions: readonly FunctionManifest[]): void {
  const ids = new Set(functions.map(({ id }) => id));
  for (const { id, invokes = [] } of functions) {
    for (const target of invokes) {
      const [fn, foreign = app] = target.split("/").reverse() as [string, string?];
      if (foreign !== app || ids.has(fn)) continue;
      const near = nearNames(fn, ids).map((name) => `"${name}"`);
      const hint = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
      throw new Problem(
        "inspect-failed",
        `Function "${id}" says that it invokes "${target}", and app "${app}" serves no such function.${hint} Correct "invokes", or add the function to those that the app serves.`,
      );
    }
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
    if (trigger.if === undefined) continue;
    const name = "event" in trigger ? trigger.event : trigger.cron;
    requireExpression(trigger.if, "event", `trigger ${index + 1} ("${name}") of function "${fn.id}"`);
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
    if (problem !== null) {
      throw new Problem(
        "inspect-failed",
        `The cron line of trigger ${index + 1} ("${trigger.cron}") of function "${fn.id}" cannot be used: ${problem}.`,
      );
    }
    requireTickData(fn, trigger, index);
  }
}

/** A tick whose data does not fit would start no run, ever. */
function requireTickData(fn: FunctionManifest, trigger: CronTrigger, index: number): void {
  if (fn.input === undefined) return;
  const own = trigger.data === undefined ? null : writeJson(trigger.data);
  const data = own ?? JSON.stringify({ schedule: fn.id, tick: "2026-01-01T00:00:00.000Z" });
  const flaws = schemaFlaws(JSON.stringify(fn.input), data);
  if (flaws.length === 0) return;
  const what = own === null ? "The data that a tick has where a trigger gives none" : "The data";
  throw new Problem(
    "inspect-failed",
    `${what} of trigger ${index + 1} ("${trigger.cron}") of function "${fn.id}" does not fit the function's input: ${sentenceOfFlaws(flaws)} Give the trigger "data" that fits.`,
  );
}

function requireLimitExpressions(fn: FunctionManifest): void {
  for (const { name, key, units } of declaredLimits(fn)) {
    if (key !== null && typeof key !== "string")
      requireExpression(key.cel, "event", `the key of the ${name}`, "value");
    if (typeof units !== "number") requireExpression(units.cel, "event", `the units of the ${name}`, "value");
  }
  const { fairness, priority } = fn;
  const values = { priority, "fairness key": fairness?.key, "fairness weight": fairness?.weight };
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "object")
      requireExpression(value.cel, "event", `the ${name} of function "${fn.id}"`, "value");
  }
}

function requireShapeKeys(fn: FunctionManifest): void {
  for (const { name, keys } of declaredShapes(fn)) {
    for (const key of keys)
      if (typeof key !== "string") requireExpression(key.cel, "event", `the key of the ${name}`, "value");
  }
}

/** A limit that several functions share has one number, or which of them holds would depend on who waits. */
function requireAgreement(functions: readonly FunctionManifest[]): void {
  const shared = new Map<string, { readonly limit: DeclaredLimit; readonly functionId: string }>();
  for (const fn of functions) {
    for (const limit of declaredLimits(fn)) {
      if (limit.functionId !== null) continue;
      const first = shared.get(limit.id);
      if (first === undefined) shared.set(limit.id, { limit, functionId: fn.id });
      else requireSame(first.limit, first.functionId, limit, fn.id);
    }
  }
}

function requireSame(a: DeclaredLimit, aFunction: string, b: DeclaredLimit, bFunction: string): void {
  if (a.count === b.count && a.periodMs === b.periodMs && a.burst === b.burst && a.unit === b.unit) return;
  throw new Problem(
    "inspect-failed",
    `The functions "${aFunction}" and "${bFunction}" share the ${a.name}, and declare it differently. Give both the same numbers and unit, or another key or name.`,
  );
}

function requireExpression(
  text: string,
  variables: Variables,
  where: string,
  yields: Yields = "condition",
): void {
  const expression = readExpression(text, variables, yields);
  if (!("problem" in expression)) return;
  throw new Problem(
    "inspect-failed",
    `The expression of ${where} cannot be used: ${expression.problem}. It is ${JSON.stringify(text)}.`,
  );
}
