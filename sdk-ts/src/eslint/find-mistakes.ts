import { areExclusive } from "./exclusive.ts";
import { type DurableCode, findDurableCode, isRefusedInBodies, isStep, type StepCall } from "./find-steps.ts";
import { findUndeclared } from "./find-undeclared.ts";
import { findUnrepeatable } from "./find-unrepeatable.ts";
import { floatingCall, isFloating } from "./floating.ts";
import { isBoundBy, isGivenStep, isStepObject } from "./step-names.ts";
import { type Ancestors, bare, isFunction, type Node } from "./syntax.ts";

/** What this looks for, with a line on each for a list of rules. */
export const RULES = {
  "no-nested-step": "a step inside the body of another is skipped on a replay",
  "await-step": "a step that nobody awaits may never run",
  "no-duplicate-step": "two steps of one name are told apart by their order alone",
  "own-step": "a branch or an item asks the step that it is given",
  "no-unrepeatable": "clock, chance, timers and network belong inside of steps",
  "undeclared-target": "what a function starts stands in its `invokes`, where it has that",
} as const;

export type RuleName = keyof typeof RULES;

export interface Mistake {
  readonly rule: RuleName;
  readonly message: string;
  readonly node: Node;
}

/** What is probably wrong in the durable functions of a file, in the order of the source. */
export function findMistakes(program: Node): Mistake[] {
  const mistakes = findDurableCode(program).flatMap((code) => [
    ...nested(code),
    ...unawaited(code),
    ...duplicates(code),
    ...foreign(code),
    ...findUndeclared(code.steps).map((found) => ({ rule: "undeclared-target" as const, ...found })),
    ...findUnrepeatable(program, code).map(({ node, message }) => ({
      rule: "no-unrepeatable" as const,
      node,
      message,
    })),
  ]);
  return mistakes.sort((a, b) => lineOf(a.node) - lineOf(b.node) || columnOf(a.node) - columnOf(b.node));
}

function nested({ steps }: DurableCode): Mistake[] {
  return steps.flatMap((step) => {
    const outer = steps.find(
      ({ node, bodies }) => node !== step.node && bodies.some((body) => step.ancestors.includes(body)),
    );
    if (outer === undefined || !isRefusedInBodies(step)) return [];
    const message =
      outer.method === "onQuery"
        ? `${titled(step)} is called in query ${quoted(outer)}, which answers and starts nothing. Read what the handler has in variables.`
        : `${titled(step)} is called inside step ${quoted(outer)}, which answers from memory on a replay and skips it. Call it after that step, with what it returns.`;
    return [{ rule: "no-nested-step", node: step.node, message }];
  });
}

function unawaited({ steps }: DurableCode): Mistake[] {
  const told = new Set<Node>();
  return steps.filter(isStep).flatMap((step): Mistake[] => {
    if (isFloating(step.node, step.ancestors)) {
      const message = `Nobody awaits ${titled(step).replace(/^S/, "s")}: the function may end before it has run, and its error is lost. Write await, or collect it for Promise.all.`;
      return [{ rule: "await-step", node: step.node, message }];
    }
    const floating = floatingCall(step.node, step.ancestors, isOfStep);
    if (floating === null || told.has(floating.call)) return [];
    told.add(floating.call);
    const what =
      floating.method === "forEach" ? "forEach waits for nothing" : "Nobody awaits what this starts";
    const message = `${what}: the function may end before ${titled(step).replace(/^S/, "s")} has run, and its error is lost. Write for (...) await, await Promise.all(list.map(...)), or step.forEach.`;
    return [{ rule: "await-step", node: floating.call, message }];
  });
}

/** What asks the outer step stands outside: it gets no request of its own, and goes on when it has lost. */
function foreign({ steps }: DurableCode): Mistake[] {
  return steps.filter(isStep).flatMap((step): Mistake[] => {
    const { node, ancestors } = step;
    const at = ancestors.findLastIndex(
      (fn, depth) => isFunction(fn) && isGivenStep(fn, ancestors.slice(0, depth)),
    );
    if (at === -1) return [];
    const object = bare(bare(node["callee"])["object"]);
    const name: unknown = (object.type === "MemberExpression" ? bare(object["object"]) : object)["name"];
    const isOwn = ancestors.slice(at).some((fn) => isFunction(fn) && isBoundBy(fn, String(name)));
    if (isOwn) return [];
    const message = `${titled(step)} is asked of the step of the code around it, not of the one that this function is given: it gets no request of its own, and is not cancelled when the others win. Take the parameter: (step) => step.${step.method}(...).`;
    return [{ rule: "own-step", node, message }];
  });
}

/** `step.forEach` and the joins await what they call. */
function isOfStep(call: Node, above: Ancestors): boolean {
  const callee = bare(call["callee"]);
  return callee.type === "MemberExpression" && isStepObject(callee["object"], above);
}

/** In the same function, on the same way through it, and not by a loop, where the same name again is what is meant. */
function duplicates({ fn, steps }: DurableCode): Mistake[] {
  const seen: StepCall[] = [];
  const mistakes: Mistake[] = [];
  for (const step of steps) {
    if (!isStep(step) || step.name === null) continue;
    const first = seen.find(
      (other) =>
        other.name === step.name && scopeOf(other, fn) === scopeOf(step, fn) && !areExclusive(other, step),
    );
    if (first === undefined) seen.push(step);
    else {
      mistakes.push({
        rule: "no-duplicate-step",
        node: step.node,
        message: `${titled(step)} has the name of the step in line ${lineOf(first.node)}: only their order tells them apart, so moving or removing one gives its result to the other. Give it a name of its own.`,
      });
    }
  }
  return mistakes;
}

function scopeOf({ ancestors }: StepCall, fn: Node): Node {
  return ancestors.findLast(isFunction) ?? fn;
}

function titled({ name, method }: StepCall): string {
  if (method === "setState") return "step.setState";
  return name === null ? `Step (step.${method})` : `Step ${JSON.stringify(name)}`;
}

function quoted({ name, method }: StepCall): string {
  return name === null ? `(step.${method})` : JSON.stringify(name);
}

function lineOf({ loc }: Node): number {
  return loc?.start.line ?? 0;
}

function columnOf({ loc }: Node): number {
  return loc?.start.column ?? 0;
}
