// JSON Schemas of apps, held against data: the one place that knows a validator. Schemas and data are both somebody
// else's, so whatever could take long (a pattern, a reference to itself, a long list of unique items) runs against
// the clock. What cannot be judged in that time is let through: the app checks again, with its own schema.

import { createContext, Script } from "node:vm";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";

export interface SchemaFlaw {
  /** JSON Pointer into the data. */
  readonly pointer: string;
  readonly detail: string;
}

/** Compiled schemas that are kept; a version of a function is its schema's text. */
const KEPT_MAX = 1_000;
const SCHEMA_CHARACTERS_MAX = 256 * 1024;
const COMPILE_MS_MAX = 2_000;
/** Of a schema that comes with a run, not with a sync: nobody waits for it to be read, and many may come. */
const COMPILE_MS_MAX_IN_RUNS = 200;
const CHECK_MS_MAX = 100;
/** Nothing in a schema of this length, without what `SLOW` names, takes long on data of that length. */
const QUICK_SCHEMA_CHARACTERS_MAX = 8 * 1024;
const QUICK_DATA_CHARACTERS_MAX = 64 * 1024;
const SLOW = /"(?:\$ref|\$dynamicRef|\$recursiveRef|pattern|patternProperties|uniqueItems)"/;
const FLAWS_MAX = 20;

interface Compiled {
  /** Null: it is no schema; `problem` says why. */
  readonly validate: ValidateFunction | null;
  readonly problem: string | null;
  readonly isQuick: boolean;
}

const compiled = new Map<string, Compiled>();

/**
 * What is wrong with the data, or nothing.
 * @param schema JSON text.
 * @param data JSON text.
 * @param isOfRun It was never synced: a run brought it along.
 */
export function schemaFlaws(schema: string, data: string, isOfRun = false): readonly SchemaFlaw[] {
  const { validate, isQuick } = compiledOf(schema, isOfRun ? COMPILE_MS_MAX_IN_RUNS : COMPILE_MS_MAX);
  if (validate === null) return [];
  const value: unknown = JSON.parse(data);
  const check = () => validate(value) as boolean;
  try {
    const fits =
      isQuick && data.length <= QUICK_DATA_CHARACTERS_MAX ? check() : againstTheClock(CHECK_MS_MAX, check);
    return fits ? [] : (validate.errors ?? []).slice(0, FLAWS_MAX).map(toFlaw);
  } catch {
    // Its time was over, or it nests deeper than a stack: not judged here.
    return [];
  }
}

/** Why a text cannot be used as a schema, for the person who wrote it; null when it can. */
export function schemaProblem(schema: string): string | null {
  return compiledOf(schema, COMPILE_MS_MAX).problem;
}

/**
 * The same by its shape alone, in time that grows with its length: an answer of an app may bring thousands. What only
 * shows when it is compiled (a reference to nothing) is not found, and then lets everything through.
 */
export function schemaShapeProblem(text: string): string | null {
  const schema = JSON.parse(text) as unknown;
  if (typeof schema === "boolean") return null;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return NO_SCHEMA;
  const { rest, isOld } = dialectOf(schema);
  const ajv = isOld ? OLD_SHAPES : SHAPES;
  return ajv.validateSchema(rest) === true ? null : ajv.errorsText(ajv.errors, { dataVar: "it" });
}

const NO_SCHEMA = "a JSON Schema is an object or a boolean";

/** `/order/id must be number; / must have required property 'order'` */
export function sentenceOfFlaws(flaws: readonly SchemaFlaw[]): string {
  const shown = flaws
    .slice(0, 3)
    .map(({ pointer, detail }) => `${pointer === "" ? "it" : pointer} ${detail}`)
    .join("; ");
  return `${shown}${flaws.length > 3 ? `; and ${flaws.length - 3} more` : ""}.`;
}

function compiledOf(schema: string, timeoutMs: number): Compiled {
  const known = compiled.get(schema);
  if (known !== undefined) {
    // Used last, forgotten last.
    compiled.delete(schema);
    compiled.set(schema, known);
    return known;
  }
  const made = compile(schema, timeoutMs);
  compiled.set(schema, made);
  if (compiled.size > KEPT_MAX) compiled.delete(compiled.keys().next().value!);
  return made;
}

function compile(text: string, timeoutMs: number): Compiled {
  const isQuick = text.length <= QUICK_SCHEMA_CHARACTERS_MAX && !SLOW.test(text);
  if (text.length > SCHEMA_CHARACTERS_MAX) {
    return {
      validate: null,
      problem: `it is longer than ${SCHEMA_CHARACTERS_MAX / 1024} KiB of JSON`,
      isQuick,
    };
  }
  try {
    return {
      validate: againstTheClock(timeoutMs, () => compileText(text)),
      problem: null,
      isQuick,
    };
  } catch (error) {
    return { validate: null, problem: (error as Error).message, isQuick };
  }
}

function compileText(text: string): ValidateFunction {
  const schema = JSON.parse(text) as unknown;
  if (typeof schema === "boolean") return new Ajv2020(SETTINGS).compile(schema);
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new TypeError(NO_SCHEMA);
  }
  const { rest, isOld } = dialectOf(schema);
  return new (isOld ? Ajv : Ajv2020)(SETTINGS).compile(rest);
}

/** An id would be taken for good by the first schema that has it; nothing refers to another schema by its id here. */
function dialectOf(schema: object): { readonly rest: object; readonly isOld: boolean } {
  const { $schema, $id: _, ...rest } = schema as { $schema?: unknown; $id?: unknown };
  return { rest, isOld: /draft-0[4-7]/.test(String($schema ?? "")) };
}

/** Formats are notes to people, as the standard has it; keywords nobody knows are notes too. */
const SETTINGS = { allErrors: true, strict: false, validateFormats: false, logger: false } as const;

/** Reading on after the first flaw would take more than the time that grows with the length. */
const FIRST_FLAW = { ...SETTINGS, allErrors: false } as const;
const SHAPES = new Ajv2020(FIRST_FLAW);
const OLD_SHAPES = new Ajv(FIRST_FLAW);

const sandbox = createContext({ call: null as (() => unknown) | null });
const callInSandbox = new Script("call()");

/** @throws when the call throws, and when its time is over. */
function againstTheClock<Value>(timeoutMs: number, call: () => Value): Value {
  sandbox["call"] = call;
  try {
    return callInSandbox.runInContext(sandbox, { timeout: timeoutMs }) as Value;
  } finally {
    sandbox["call"] = null;
  }
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
