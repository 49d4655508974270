// CEL, the expressions of `if`: the one place that knows a library for it. They are somebody else's text over somebody
// else's data, so what one may cost is counted, the same on every machine: no clock decides whether a wait fails.

import { type ASTNode, Environment } from "@marcbachmann/cel-js";

/** What an expression may name. `trigger` is the event that started the run; a trigger's own filter has none. */
export interface ExpressionInput {
  readonly event: Fact;
  readonly trigger?: Fact;
}

/** An event as user code sees it, parsed when an expression first looks at it. */
export interface Fact {
  readonly characters: number;
  value(): unknown;
}

/** @param json JSON text. */
export function fact(json: string): Fact {
  let parsed: { readonly value: unknown } | null = null;
  return {
    characters: json.length,
    value() {
      parsed ??= { value: JSON.parse(json) as unknown };
      return parsed.value;
    },
  };
}

export type ExpressionResult =
  | { readonly ok: true; readonly value: boolean }
  /** Why it could not be told, for the person who wrote the expression. */
  | { readonly ok: false; readonly detail: string };

/** What a limit counts for, or what something costs. */
export type ValueResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly detail: string };

export type Variables = "event" | "event and trigger";

/** A condition is true or false; a value is anything. */
export type Yields = "condition" | "value";

const CHARACTERS_MAX = 1_000;
const NODES_MAX = 300;
const DEPTH_MAX = 40;
/** Of both events together. */
const INPUT_CHARACTERS_MAX = 4 * 1024 * 1024;
/**
 * Evaluations of nodes inside `all`, `exists`, `filter` and `map`, each weighed by the size of the data, for one
 * comparison may look at all of it. The worst expression there is then takes about a second.
 */
const COST_MAX = 500_000;
const COST_UNIT_CHARACTERS = 2 * 1024;

/** `bind` and `matches` cannot be counted: values that double, patterns that take for ever. */
const REFUSED: Readonly<Record<string, string>> = {
  matches:
    "regular expressions (matches) are not offered, for one can take for ever; use startsWith, endsWith or contains",
  bind: "cel.bind is not offered; write the expression out",
};
const LOOPS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "filter", "map"]);

const NAMES: Record<Variables, Environment> = {
  event: environment().registerVariable("event", "dyn"),
  "event and trigger": environment().registerVariable("event", "dyn").registerVariable("trigger", "dyn"),
};

/** The numbers of JSON are doubles to CEL, the ones people write are ints: `event.data.count + 1` shall work. */
function environment(): Environment {
  const cel = new Environment({
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: NODES_MAX, maxDepth: DEPTH_MAX, maxListElements: 200, maxMapEntries: 200 },
  });
  const arithmetic = {
    "+": (a: number, b: number) => a + b,
    "-": (a: number, b: number) => a - b,
    "*": (a: number, b: number) => a * b,
    "/": (a: number, b: number) => a / b,
    "%": (a: number, b: number) => a % b,
  };
  for (const [operator, apply] of Object.entries(arithmetic)) {
    const mixed = (a: number | bigint, b: number | bigint) => apply(Number(a), Number(b));
    cel.registerOperator(`double ${operator} int`, mixed);
    cel.registerOperator(`int ${operator} double`, mixed);
  }
  return cel.registerOperator("double % double", arithmetic["%"]);
}

const KEPT_MAX = 10_000;
const kept = new Map<string, Expression | BrokenExpression>();

/** `Expression.read`, remembered: the same few are met again with every event. */
export function readExpression(
  text: string,
  variables: Variables,
  yields: Yields = "condition",
): Expression | BrokenExpression {
  const key = `${variables}\x1f${yields}\x1f${text}`;
  let expression = kept.get(key);
  if (expression === undefined) {
    expression = Expression.read(text, variables, yields);
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(key, expression);
  }
  return expression;
}

export interface BrokenExpression {
  /** What is wrong with it and where, to follow what it is called. */
  readonly problem: string;
}

/** An expression that was read and checked; it is kept and used for many events. */
export class Expression {
  readonly text: string;
  /** Whether it looks at the event that started the run. */
  readonly usesTrigger: boolean;
  readonly #call: (context: Record<string, unknown>) => unknown;
  readonly #budget: Budget;

  private constructor(
    text: string,
    usesTrigger: boolean,
    call: (context: Record<string, unknown>) => unknown,
    budget: Budget,
  ) {
    this.text = text;
    this.usesTrigger = usesTrigger;
    this.#call = call;
    this.#budget = budget;
  }

  /** Reads an expression, or says what is wrong with it and where. */
  static read(
    text: string,
    variables: Variables,
    yields: Yields = "condition",
  ): Expression | BrokenExpression {
    if (text.length > CHARACTERS_MAX) {
      return { problem: `it has ${text.length} characters; at most ${CHARACTERS_MAX} are read` };
    }
    try {
      const parsed = NAMES[variables].parse(text);
      const checked = parsed.check();
      if (!checked.valid) throw checked.error;
      if (yields === "condition" && checked.type !== "bool" && checked.type !== "dyn") {
        return { problem: `it is of type ${checked.type}, and must be true or false` };
      }
      const budget = new Budget();
      const found = instrument(parsed.ast, budget);
      if (found.refused !== null) return { problem: found.refused };
      return new Expression(text, found.names.has("trigger"), parsed, budget);
    } catch (error) {
      return { problem: sentenceOf(error) };
    }
  }

  evaluate(input: ExpressionInput): ExpressionResult {
    const result = this.valueOf(input);
    if (!result.ok || typeof result.value === "boolean") return result as ExpressionResult;
    return this.#failed(`its value is neither true nor false but ${nameOf(result.value)}`);
  }

  /** Whatever it comes to; whole numbers may be bigints. */
  valueOf({ event, trigger }: ExpressionInput): ValueResult {
    const characters = event.characters + (this.usesTrigger ? (trigger?.characters ?? 0) : 0);
    if (characters > INPUT_CHARACTERS_MAX) return this.#failed("the event is too large for it");
    this.#budget.open(characters);
    try {
      const value = this.#call({
        event: event.value(),
        ...(this.usesTrigger && { trigger: trigger?.value() ?? null }),
      });
      if (this.#budget.isSpent) return this.#failed(TOO_EXPENSIVE);
      return { ok: true, value };
    } catch (error) {
      return this.#failed(this.#budget.isSpent ? TOO_EXPENSIVE : sentenceOf(error));
    }
  }

  /** Of loops, that the last evaluation began: also those that ended at once because nothing was left. */
  get turns(): number {
    return this.#budget.turns;
  }

  #failed(why: string): { readonly ok: false; readonly detail: string } {
    return { ok: false, detail: `The expression ${shown(this.text)} could not be evaluated: ${why}.` };
  }
}

const TOO_EXPENSIVE =
  "it loops over more than one evaluation may cost; name the field instead of searching for it";

/** What is left of one evaluation's cost. Evaluations are synchronous, so one counter per expression is enough. */
class Budget {
  turns = 0;
  #left = 0;
  #weight = 1;

  open(characters: number): void {
    this.turns = 0;
    this.#left = COST_MAX;
    this.#weight = 1 + Math.floor(characters / COST_UNIT_CHARACTERS);
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** CEL's `||` swallows what one side throws, so whoever evaluates asks `isSpent` as well. */
  spend(nodes: number): void {
    this.turns += 1;
    this.#left -= nodes * this.#weight;
    if (this.#left < 0) throw SPENT;
  }
}

const SPENT = new Error("spent");

interface Found {
  readonly names: Set<string>;
  refused: string | null;
}

/** The library's tree with what its types leave out: a loop stands behind the call that is written. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly meta: {
    readonly alternate?: Node;
    readonly evaluate: (ev: unknown, ast: Node, context: unknown) => unknown;
  };
  evaluate: (ev: unknown, ast: Node, context: unknown) => unknown;
}

/** Makes every turn of every loop pay, and finds what is refused. A loop that cannot be made to pay is refused too. */
function instrument(ast: ASTNode, budget: Budget): Found {
  const found: Found = { names: new Set(), refused: null };
  visit(ast as unknown as Node, budget, found);
  return found;
}

/** Answers how many nodes there are below, itself included. */
function visit(node: Node, budget: Budget, found: Found): number {
  const { op, args } = node;
  if (op === "id") found.names.add(args as string);
  if (op === "rcall" || op === "call") {
    const name = (args as [string])[0];
    if (Object.hasOwn(REFUSED, name)) found.refused ??= REFUSED[name]!;
    const loop = node.meta.alternate;
    if (loop?.op === "comprehension") {
      const { iterable, step } = loop.args as { iterable: Node; step: Node };
      const nodes = visit(step, budget, found);
      const evaluate = step.meta.evaluate;
      step.evaluate = function (ev, step, context) {
        budget.spend(nodes);
        return evaluate.call(this, ev, step, context);
      };
      return nodes + visit(iterable, budget, found);
    }
    if (op === "rcall" && LOOPS.has(name)) found.refused ??= `${name}() cannot be used like this`;
  }
  let nodes = 1;
  for (const child of childrenOf(args)) nodes += visit(child, budget, found);
  return nodes;
}

function childrenOf(args: unknown): Node[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return typeof args === "object" && args !== null && "op" in args && "meta" in args ? [args as Node] : [];
}

/** One line: the library draws an arrow below the place, which a JSON string cannot show. */
function sentenceOf(error: unknown): string {
  const { summary, range, message } = error as {
    summary?: string;
    range?: { start: number };
    message: string;
  };
  if (summary === undefined) return message;
  return range === undefined ? summary : `${summary} (at character ${range.start + 1})`;
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `a ${typeof value === "bigint" ? "number" : typeof value}`;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}
