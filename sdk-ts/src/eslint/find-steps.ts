import { getsStep, isStepObject } from "./step-names.ts";
import { type Ancestors, bare, isFunction, localFunctions, memberName, type Node, walk } from "./syntax.ts";

/** A call of a step, such as `step.run("charge", ...)`. */
export interface StepCall {
  readonly node: Node;
  readonly ancestors: Ancestors;
  /** `run`, `sleep`, ... */
  readonly method: string;
  /** As it is written; null when it is no plain text. */
  readonly name: string | null;
  /** The functions that run inside the step, which no replay enters: written there, or called from there. */
  readonly bodies: readonly Node[];
}

/** A function that is called again from its first line: a handler, or one that a handler hands its `step` to. */
export interface DurableCode {
  readonly fn: Node;
  readonly steps: readonly StepCall[];
  /** Functions that run inside of steps and nowhere else. */
  readonly bodies: ReadonlySet<Node>;
}

/** Those that return a promise; each is a step. */
const STEPS = new Set([
  "run",
  "sleep",
  "sleepUntil",
  "waitForEvent",
  "waitForAny",
  "waitForAll",
  "waitForApproval",
  "waitForInput",
  "waitForSignal",
  "sendEvent",
  "invoke",
  "spawn",
  "fetch",
  "branch",
  "parallel",
  "race",
  "forEach",
]);
/** What they are given to call is no part of the replay. `parallel`, `race` and `forEach` are given code with steps. */
const WITH_BODIES = new Set(["run", "branch", "onQuery"]);
/** No steps, and refused inside of one. */
const NOT_IN_BODIES = new Set(["setState"]);

/** All functions of a file that get a `step`, each with the steps that it and the functions in it ask for. */
export function findDurableCode(program: Node): DurableCode[] {
  const found: DurableCode[] = [];
  const local = localFunctions(program);
  walk(program, (fn, ancestors) => {
    // Of functions within functions that get the same step, the outermost is replayed as a whole.
    if (!isFunction(fn) || !getsStep(fn) || found.some((outer) => ancestors.includes(outer.fn))) return;
    const steps: StepCall[] = [];
    walk(fn["body"], (node, inner) => {
      const call = stepCall(node, [...ancestors, fn, ...inner], local);
      if (call !== null) steps.push(call);
    });
    if (steps.length > 0) found.push({ fn, steps, bodies: onlyBodies(fn, steps) });
  });
  return found;
}

function stepCall(node: Node, ancestors: Ancestors, local: ReadonlyMap<string, Node>): StepCall | null {
  if (node.type !== "CallExpression") return null;
  const callee = bare(node["callee"]);
  const method = memberName(callee);
  if (method === null || !(STEPS.has(method) || WITH_BODIES.has(method) || NOT_IN_BODIES.has(method)))
    return null;
  if (!isStepObject(callee["object"], ancestors)) return null;
  const [first, ...others] = node["arguments"] as Node[];
  return {
    node,
    ancestors,
    method,
    name: first === undefined ? null : plainText(first),
    bodies: WITH_BODIES.has(method) ? others.flatMap((argument) => bodiesIn(argument, local)) : [],
  };
}

function plainText(node: Node): string | null {
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : null;
  if (node.type !== "TemplateLiteral" || node["expressions"].length > 0) return null;
  return node["quasis"][0].value.cooked ?? null;
}

/** The outermost functions written within an argument, what it names, and what those call. */
function bodiesIn(argument: Node, local: ReadonlyMap<string, Node>): Node[] {
  const found: Node[] = [];
  const named = (node: Node) => (node.type === "Identifier" ? local.get(node["name"]) : undefined);
  walk(argument, (node, ancestors) => {
    if (isFunction(node) && !ancestors.some((outer) => found.includes(outer))) found.push(node);
    const called = ancestors.length === 0 ? named(node) : calledFunction(node, named);
    if (called !== undefined && !found.includes(called)) found.push(called);
  });
  return found;
}

function calledFunction(node: Node, named: (node: Node) => Node | undefined): Node | undefined {
  return node.type === "CallExpression" ? named(bare(node["callee"])) : undefined;
}

/** A function that has a name and runs in bodies alone is no part of the replay, wherever it is written. */
function onlyBodies(fn: Node, steps: readonly StepCall[]): Set<Node> {
  const bodies = new Set(steps.flatMap((step) => step.bodies));
  for (const [name, body] of localFunctions(fn["body"])) {
    if (!bodies.has(body)) continue;
    walk(fn["body"], (node, ancestors) => {
      if (node.type !== "Identifier" || node["name"] !== name || ancestors.includes(body)) return;
      const parent = ancestors.at(-1);
      const isDeclaration = parent?.["id"] === node;
      const isGiven = steps.some((step) => step.node === parent);
      const isWithin = ancestors.some((outer) => outer !== body && bodies.has(outer));
      if (!(isDeclaration || isGiven || isWithin)) bodies.delete(body);
    });
  }
  return bodies;
}

/** `onQuery` has bodies and is no step. */
export function isStep({ method }: StepCall): boolean {
  return STEPS.has(method);
}

/** What cannot stand in a step's body. */
export function isRefusedInBodies({ method }: StepCall): boolean {
  return STEPS.has(method) || NOT_IN_BODIES.has(method);
}
