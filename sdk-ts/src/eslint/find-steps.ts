import { type Ancestors, bare, isFunction, memberName, type Node, walk } from "./syntax.ts";

/** A call of a step, such as `step.run("charge", ...)`. */
export interface StepCall {
  readonly node: Node;
  readonly ancestors: Ancestors;
  /** `run`, `sleep`, ... */
  readonly method: string;
  /** As it is written; null when it is no plain text. */
  readonly name: string | null;
  /** The functions that run inside the step, which no replay enters. */
  readonly bodies: readonly Node[];
}

/** A function that is called again from its first line: a handler, or one that a handler hands its `step` to. */
export interface DurableCode {
  readonly fn: Node;
  readonly steps: readonly StepCall[];
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

/** All functions of a file that get a `step`, each with the steps that it and the functions in it ask for. */
export function findDurableCode(program: Node): DurableCode[] {
  const found: DurableCode[] = [];
  walk(program, (fn, ancestors) => {
    if (!isFunction(fn)) return;
    const isStep = stepTest(fn);
    // Of functions within functions that get the same step, the outermost is replayed as a whole.
    if (isStep === null || found.some((outer) => ancestors.includes(outer.fn))) return;
    const steps: StepCall[] = [];
    walk(fn["body"], (node, inner) => {
      const call = stepCall(node, inner, isStep);
      if (call !== null) steps.push(call);
    });
    if (steps.length > 0) found.push({ fn, steps });
  });
  return found;
}

/** Whether an expression is the step object inside of this function; null when it gets none. */
function stepTest(fn: Node): ((node: Node) => boolean) | null {
  for (const param of fn["params"] as Node[]) {
    if (param.type === "Identifier" && param["name"] === "step") return isNamed("step");
    if (param.type === "Identifier" && fn["params"].length === 1) {
      // `(context) => context.step.run(...)`
      const isContext = isNamed(param["name"]);
      if (usesStepOf(fn, isContext))
        return (node) => memberName(node) === "step" && isContext(node["object"]);
    }
    if (param.type !== "ObjectPattern") continue;
    for (const property of param["properties"] as Node[]) {
      if (property.type !== "Property" || property["key"].name !== "step") continue;
      const { value } = property;
      if (value.type === "Identifier") return isNamed(value.name);
    }
  }
  return null;
}

function usesStepOf(fn: Node, isContext: (node: Node) => boolean): boolean {
  let uses = false;
  walk(fn["body"], (node) => {
    uses ||=
      node.type === "MemberExpression" &&
      STEPS.has(memberName(node) ?? "") &&
      memberName(node["object"]) === "step" &&
      isContext(node["object"].object);
  });
  return uses;
}

const isNamed = (name: string) => (node: Node) => node.type === "Identifier" && node["name"] === name;

function stepCall(node: Node, ancestors: Ancestors, isStep: (node: Node) => boolean): StepCall | null {
  if (node.type !== "CallExpression") return null;
  const callee = bare(node["callee"]);
  const method = memberName(callee);
  if (method === null || !isStep(bare(callee["object"]))) return null;
  if (!STEPS.has(method) && !WITH_BODIES.has(method)) return null;
  const [first, ...others] = node["arguments"] as Node[];
  return {
    node,
    ancestors: [...ancestors],
    method,
    name: first === undefined ? null : plainText(first),
    bodies: WITH_BODIES.has(method) ? others.flatMap(functionsIn) : [],
  };
}

function plainText(node: Node): string | null {
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : null;
  if (node.type !== "TemplateLiteral" || node["expressions"].length > 0) return null;
  return node["quasis"][0].value.cooked ?? null;
}

/** The outermost functions written within an argument. */
function functionsIn(argument: Node): Node[] {
  const found: Node[] = [];
  walk(argument, (node, ancestors) => {
    if (isFunction(node) && !ancestors.some((outer) => found.includes(outer))) found.push(node);
  });
  return found;
}

/** `onQuery` has bodies and is no step. */
export function isStep({ method }: StepCall): boolean {
  return STEPS.has(method);
}
