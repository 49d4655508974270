// JSON Schemas of apps, held against data: the one place that knows a validator. Schemas and data are both somebody
// else's, so what a check may cost is bounded: by counting, never by a clock, so that the same data gets the same
// verdict on every day. What is beyond the bounds is not judged, always, and its users say so: the app checks again,
// with its own schema.

import type { ErrorObject, Schema, ValidateFunction } from "ajv";
import { compileSchema, shapeProblem } from "./schema-compiler.ts";
import { sizeOf, spend, startWork, Unjudgeable } from "./work-meter.ts";

export interface SchemaFlaw {
  /** JSON Pointer into the data. */
  readonly pointer: string;
  readonly detail: string;
}

export interface Verdict {
  readonly flaws: readonly SchemaFlaw[];
  /** Why the engine cannot say; then there are no flaws. */
  readonly unjudged: string | null;
}

const SCHEMA_CHARACTERS_MAX = 256 * 1024;
/** Compiled schemas that are kept; a version of a function is its schema's text. */
const KEPT_MAX = 500;
const KEPT_CHARACTERS_MAX = 8 * 1024 * 1024;
/** Of a check that costs more only the first flaw is looked for: a list of all could be longer than the memory. */
const ALL_FLAWS_WORK_MAX = 2 ** 20;
const FLAWS_MAX = 20;

interface Compiled {
  readonly schema: Schema;
  /** Each is compiled when it is first needed. */
  readonly validators: Map<"all" | "first", ValidateFunction>;
  /** It is no schema. */
  readonly problem: string | null;
  /** It is one, beyond what the engine judges. */
  readonly unjudged: string | null;
}

const kept = new Map<string, Compiled>();
let keptCharacters = 0;

/**
 * @param schema JSON text.
 * @param data JSON text.
 */
export function judge(schema: string, data: string): Verdict {
  const known = compiledOf(schema);
  const unjudged = known.problem ?? known.unjudged;
  if (unjudged !== null) return { flaws: [], unjudged };
  const value: unknown = JSON.parse(data);
  startWork();
  try {
    const work = sizeOf(known.schema) * sizeOf(value);
    spend(work);
    const validate = validatorOf(known, work <= ALL_FLAWS_WORK_MAX ? "all" : "first");
    const fits = validate(value) as boolean;
    return { flaws: fits ? [] : (validate.errors ?? []).slice(0, FLAWS_MAX).map(toFlaw), unjudged: null };
  } catch (error) {
    // A reference that leads to itself ends where the stack does.
    const isCircle = error instanceof RangeError;
    return { flaws: [], unjudged: isCircle ? "its references lead in circles" : (error as Error).message };
  }
}

/** What is wrong with the data; nothing, where the engine cannot say. */
export function schemaFlaws(schema: string, data: string): readonly SchemaFlaw[] {
  return judge(schema, data).flaws;
}

/** Why a text cannot be used as a schema, for the person who wrote it; null when it can. */
export function schemaProblem(schema: string): string | null {
  return compiledOf(schema).problem;
}

/**
 * The same by its shape alone, without compiling it: an answer of an app may bring thousands. What only shows when it is
 * compiled (a reference to nothing) is not found, and then nothing is judged by it.
 */
export function schemaShapeProblem(text: string): string | null {
  return shapeProblem(JSON.parse(text));
}

/** `/order/id must be number; / must have required property 'order'` */
export function sentenceOfFlaws(flaws: readonly SchemaFlaw[]): string {
  const shown = flaws
    .slice(0, 3)
    .map(({ pointer, detail }) => `${pointer === "" ? "it" : pointer} ${detail}`)
    .join("; ");
  return `${shown}${flaws.length > 3 ? `; and ${flaws.length - 3} more` : ""}.`;
}

function compiledOf(text: string): Compiled {
  const known = kept.get(text);
  if (known !== undefined) {
    // Used last, forgotten last.
    kept.delete(text);
    kept.set(text, known);
    return known;
  }
  const made = compiled(text);
  kept.set(text, made);
  keptCharacters += text.length;
  while (kept.size > KEPT_MAX || keptCharacters > KEPT_CHARACTERS_MAX) {
    const oldest = kept.keys().next().value!;
    kept.delete(oldest);
    keptCharacters -= oldest.length;
  }
  return made;
}

function compiled(text: string): Compiled {
  const none = { schema: true, validators: new Map(), problem: null, unjudged: null };
  if (text.length > SCHEMA_CHARACTERS_MAX) {
    return { ...none, problem: `it is longer than ${SCHEMA_CHARACTERS_MAX / 1024} KiB of JSON` };
  }
  const schema = JSON.parse(text) as Schema;
  const problem = shapeProblem(schema);
  if (problem !== null) return { ...none, problem };
  try {
    const made = { ...none, schema };
    validatorOf(made, "all");
    return made;
  } catch (error) {
    const why = (error as Error).message;
    return error instanceof Unjudgeable ? { ...none, unjudged: why } : { ...none, problem: why };
  }
}

function validatorOf({ schema, validators }: Compiled, flaws: "all" | "first"): ValidateFunction {
  const known = validators.get(flaws);
  if (known !== undefined) return known;
  const made = compileSchema(schema, flaws === "all");
  validators.set(flaws, made);
  return made;
}

function toFlaw({ instancePath, keyword, message, params }: ErrorObject): SchemaFlaw {
  const more =
    keyword === "additionalProperties"
      ? ` (${JSON.stringify(params["additionalProperty"])})`
      : keyword === "enum"
        ? ` (${JSON.stringify(params["allowedValues"])})`
        : "";
  return {
    pointer: instancePath,
    detail: `${message ?? "does not fit the schema"}${[...more].slice(0, 200).join("")}`,
  };
}
