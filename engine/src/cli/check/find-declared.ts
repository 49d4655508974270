// What is written out in a declaration, judged as the engine would at sync: cron lines, and expressions of triggers, waits
// and `cancelOn`.

import { cronProblem, timeZoneProblem } from "../../domain/cron.ts";
import { readExpression, type Variables } from "../../domain/expressions.ts";
import type { Mistake } from "./rules.ts";

// biome-ignore lint/suspicious/noExplicitAny: members of a syntax tree depend on the type of the node
type Node = Mistake["node"] & { readonly type: string; readonly [member: string]: any };

/** Where an expression may stand, and what it may name there. */
const VARIABLES: Readonly<Record<string, Variables>> = {
  trigger: "event",
  triggers: "event",
  cancelOn: "event and trigger",
  waitForEvent: "event and trigger",
  waitForAny: "event and trigger",
  waitForAll: "event and trigger",
};

/** @param program As the parser of `parse.ts` makes it. */
export function findDeclared(program: unknown): Mistake[] {
  const mistakes: Mistake[] = [];
  const visit = (node: Node, within: string | null): void => {
    const place = placeOf(node) ?? within;
    if (node.type === "Property" && place !== null) mistakes.push(...flawsOf(node, place));
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child?.type === "string") visit(child as Node, isFunction(node) ? null : place);
      }
    }
  };
  visit(program as Node, null);
  return mistakes;
}

function placeOf(node: Node): string | null {
  const name: unknown =
    node.type === "Property"
      ? node["key"].name
      : node.type === "CallExpression"
        ? node["callee"].property?.name
        : null;
  return typeof name === "string" && Object.hasOwn(VARIABLES, name) ? name : null;
}

function isFunction({ type }: Node): boolean {
  return /Function/.test(type);
}

function flawsOf({ key, value }: Node, place: string): Mistake[] {
  if (value.type !== "Literal" || typeof value.value !== "string") return [];
  const text: string = value.value;
  if (key.name === "if") {
    const read = readExpression(text, VARIABLES[place]!);
    return "problem" in read
      ? [{ rule: "bad-expression", node: value, message: `This expression cannot be used: ${read.problem}.` }]
      : [];
  }
  if (place !== "trigger" && place !== "triggers") return [];
  const problem = key.name === "cron" ? cronProblem(text) : key.name === "tz" ? timeZoneProblem(text) : null;
  return problem === null
    ? []
    : [{ rule: "bad-cron", node: value, message: `This cron line cannot be used: ${problem}.` }];
}
