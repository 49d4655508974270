// Ajv, made so that no schema and no data costs more than it says it may: what would multiply (references, patterns,
// unique items) is counted or made linear. Formats are notes to people, as the standard has it; keywords nobody knows
// are notes too.

import { _, Ajv, type CodeKeywordDefinition, type Schema, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { schemaPatterns } from "./schema-pattern.ts";
import { sizeOf, spend, Unjudgeable } from "./work-meter.ts";

const NOTES = { strict: false, validateFormats: false, logger: false } as const;

/** Ajv needs about a second for so many parts, and longer where it must know what other parts have evaluated. */
const SIZE_MAX = 4_000;
const SIZE_MAX_WITH_UNEVALUATED = 1_000;

/** References that lead to references are compiled inside each other, on one stack. */
const REFERENCE_CHAIN_MAX = 100;

/** Of the standard itself, and stopped at the first flaw: reading on would take longer than the text is long. */
const STANDARD = new Ajv2020(NOTES);
const OLD_STANDARD = new Ajv(NOTES);

const NO_SCHEMA = "a JSON Schema is an object or a boolean";

/** What is wrong with its shape, in time that grows with its length; null when nothing is. */
export function shapeProblem(schema: unknown): string | null {
  if (typeof schema === "boolean") return null;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return NO_SCHEMA;
  const { rest, isOld } = dialectOf(schema);
  const standard = isOld ? OLD_STANDARD : STANDARD;
  return standard.validateSchema(rest) === true
    ? null
    : standard.errorsText(standard.errors, { dataVar: "it" });
}

/**
 * @param schema Of a right shape.
 * @throws Unjudgeable, or what is wrong with it: a reference to nothing, a pattern that is none.
 */
export function compileSchema(schema: Schema, allErrors: boolean): ValidateFunction {
  const { rest, isOld } = typeof schema === "boolean" ? { rest: schema, isOld: false } : dialectOf(schema);
  const asksForUnevaluated = JSON.stringify(rest).includes('"unevaluated');
  if (sizeOf(rest) > (asksForUnevaluated ? SIZE_MAX_WITH_UNEVALUATED : SIZE_MAX)) {
    throw new Unjudgeable("it has too many parts");
  }
  const ajv = new (isOld ? Ajv : Ajv2020)({
    ...NOTES,
    allErrors,
    // Its shape is known to be right, and this would compile the standard again for every schema.
    validateSchema: false,
    // A copy for each reference would make a short schema as large as one likes.
    inlineRefs: false,
    code: { regExp: schemaPatterns(), optimize: false },
  });
  ajv.opts.unevaluated = asksForUnevaluated;
  change(ajv, "$ref", counted);
  change(ajv, "$dynamicRef", counted);
  change(ajv, "uniqueItems", linear);
  try {
    return ajv.compile(rest);
  } catch (error) {
    if (error instanceof RangeError) throw new Unjudgeable("it nests too deep");
    throw error;
  }
}

/**
 * An id would be taken for good by the first schema that has it; nothing refers to another schema by its id here. With
 * `$async`, which no standard knows, a verdict would be a promise.
 */
function dialectOf(schema: object): { readonly rest: object; readonly isOld: boolean } {
  const { $schema, $id: _id, $async: _async, ...rest } = schema as Readonly<Record<string, unknown>>;
  return { rest, isOld: /draft-0[4-7]/.test(String($schema ?? "")) };
}

type MakeCode = CodeKeywordDefinition["code"];

/** Older drafts lack some keywords: those are notes there. */
function change(ajv: Ajv, keyword: string, by: (code: MakeCode) => MakeCode): void {
  const rule = ajv.RULES.all[keyword];
  if (typeof rule !== "object" || !("code" in rule.definition)) return;
  rule.definition = { ...rule.definition, code: by(rule.definition.code) };
}

/** A part that is referred to is held against the data as often as it is referred to. */
function counted(code: MakeCode): MakeCode {
  return (cxt, ruleType) => {
    const { gen, data, it } = cxt;
    if (it.self._compilations.size > REFERENCE_CHAIN_MAX) {
      throw new Unjudgeable(`its references lead to references more than ${REFERENCE_CHAIN_MAX} times`);
    }
    const target = targetOf(it.schemaEnv.root.schema, String(cxt.schema));
    gen.code(_`${gen.scopeValue("func", { ref: spendOn })}(${sizeOf(target)}, ${data})`);
    code(cxt, ruleType);
  };
}

const spendOn = (size: number, data: unknown) => spend(size * sizeOf(data));

/** Of `#/$defs/name`, which is nearly all there are; for others the whole schema is its bound. */
function targetOf(root: unknown, reference: string): unknown {
  const [, group, name] = /^#\/(\$defs|definitions)\/([\w.-]+)$/.exec(reference) ?? [];
  const members = (root as Readonly<Record<string, unknown>>)[group ?? ""];
  return (members as Readonly<Record<string, unknown>> | undefined)?.[name ?? ""] ?? root;
}

/** Ajv holds each item against each other one. */
function linear(): MakeCode {
  return (cxt) => {
    if (cxt.schema !== true) return;
    const { gen, data } = cxt;
    const twice = gen.const("twice", _`${gen.scopeValue("func", { ref: firstTwice })}(${data})`);
    cxt.setParams({ i: _`${twice}[0]`, j: _`${twice}[1]` });
    cxt.fail(_`${twice} !== null`);
  };
}

function firstTwice(items: readonly unknown[]): readonly [number, number] | null {
  const places = new Map<string, number>();
  for (const [place, item] of items.entries()) {
    const text = JSON.stringify(item, sorted);
    const before = places.get(text);
    if (before !== undefined) return [place, before];
    places.set(text, place);
  }
  return null;
}

/** Two objects are equal whatever the order of their keys. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
