import { TRIGGERS_PER_FUNCTION_MAX } from "@durable/protocol/wire";
import type { FunctionOptions } from "./function.ts";
import { generatorProblem } from "./generator-problem.ts";
import { invokesOnWire } from "./invokes.ts";
import { type Limits, limitsOnWire } from "./limits.ts";
import { failureFunctionId } from "./on-failure.ts";
import { optionsProblem } from "./options.ts";
import { retryPolicy, withOnExhausted } from "./retry.ts";
import { type SearchOptions, searchOnWire } from "./search.ts";
import { isStandardSchema } from "./standard-schema.ts";
import { triggersOf } from "./trigger.ts";
import { triggerOnWire } from "./trigger-on-wire.ts";

/** Of any function, whatever its types. */
type CheckedOptions = Pick<
  FunctionOptions,
  | "id"
  | "trigger"
  | "triggers"
  | "input"
  | "output"
  | "retry"
  | "onExhausted"
  | keyof Limits
  | keyof SearchOptions
> & {
  readonly handler: unknown;
  readonly onFailure?: unknown;
  readonly invokes?: unknown;
};

const MEMBERS: readonly (keyof FunctionOptions)[] = [
  "id",
  "trigger",
  "triggers",
  "handler",
  "input",
  "output",
  "jsonSchema",
  "retry",
  "onExhausted",
  "onFailure",
  "invokes",
  "timeouts",
  "cancelOn",
  "version",
  "concurrency",
  "throttle",
  "rateLimit",
  "debounce",
  "batch",
  "singleton",
  "idempotency",
  "fairness",
  "priority",
  "durability",
  "tags",
  "searchable",
];

const SLUG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** Of apps and functions: they stand in URLs. @throws TypeError */
export function checkSlug(what: string, id: unknown): void {
  if (typeof id === "string" && SLUG.test(id)) return;
  throw new TypeError(
    `${what} ${JSON.stringify(id)} must be 1 to 100 of A-Z a-z 0-9 _ . - and not begin with . or -`,
  );
}

/** Says at the place of the mistake what the engine would say at sync. @throws TypeError */
export function checkFunction(options: CheckedOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("createFunction takes an object: { id, trigger, handler }.");
  }
  checkSlug("The function id", options.id);
  const where = `Function "${options.id}"`;
  if (typeof options.handler !== "function") throw new TypeError(`${where} has no handler.`);
  const problem = optionsProblem(options, MEMBERS);
  if (problem !== null) throw new TypeError(`${where} ${problem}`);
  refuseGenerator(`${where}: its handler`, options.handler);
  if (options.onFailure !== undefined) {
    if (typeof options.onFailure !== "function") {
      throw new TypeError(`${where}: onFailure must be a function.`);
    }
    refuseGenerator(`${where}: onFailure`, options.onFailure);
    // It becomes a function of its own, which is named after this one.
    checkSlug("The id of its onFailure", failureFunctionId(options.id));
  }
  if (options.trigger !== undefined && options.triggers !== undefined) {
    throw new TypeError(`${where} has both "trigger" and "triggers": write one of them.`);
  }
  for (const trigger of triggersOf(options)) checkTrigger(where, trigger);
  for (const side of ["input", "output"] as const) checkSchema(`${where}: ${side}`, options[side]);
  if (triggersOf(options).length > TRIGGERS_PER_FUNCTION_MAX) {
    throw new TypeError(`${where} has more than ${TRIGGERS_PER_FUNCTION_MAX} triggers.`);
  }
  try {
    retryPolicy(withOnExhausted(options.retry, options.onExhausted));
    limitsOnWire(options);
    searchOnWire(options);
    triggersOf(options).forEach(triggerOnWire);
    if (options.invokes !== undefined) invokesOnWire(options.invokes);
  } catch (error) {
    throw new TypeError(`${where}: ${(error as Error).message}`);
  }
}

/** What an event or a tick must be, the engine says at sync. */
function checkTrigger(where: string, trigger: unknown): void {
  const isCron = typeof trigger === "object" && trigger !== null && "cron" in trigger;
  const problem = optionsProblem(
    trigger,
    isCron ? ["cron", "if", "tz", "jitter", "catchUp", "overlap", "data"] : ["event", "if", "schema"],
  );
  if (problem !== null) throw new TypeError(`${where}: a trigger ${problem}`);
  const { event, cron, schema } = trigger as { event?: unknown; cron?: unknown; schema?: unknown };
  if (typeof (isCron ? cron : event) !== "string") {
    throw new TypeError(`${where}: a trigger is { event: "order.placed" } or { cron: "0 9 * * *" }.`);
  }
  checkSchema(`${where}: the schema of trigger "${event}"`, schema);
}

function checkSchema(what: string, schema: unknown): void {
  if (schema === undefined || isStandardSchema(schema)) return;
  throw new TypeError(
    `${what} is no Standard Schema (zod, valibot, arktype). Give a plain JSON Schema as "jsonSchema".`,
  );
}

/** The run would complete at once. */
function refuseGenerator(what: string, fn: unknown): void {
  const problem = generatorProblem(fn);
  if (problem !== null) throw new TypeError(`${what} ${problem}`);
}
