import { type Ancestors, bare, isFunction, memberName, type Node, walk } from "./syntax.ts";

/** Whether an expression is a step object at the place where it stands. */
export type IsStep = (node: Node, ancestors: Ancestors) => boolean;

/**
 * The step objects of a file: what a handler gets (`step`, `{ step }`, `context.step`), what it calls them, and those that
 * `parallel`, `race` and `forEach` hand to their functions, under whatever name.
 */
export const isStepObject: IsStep = (written, ancestors) => {
  const node = bare(written);
  if (node.type === "Identifier") return isStepName(node["name"], ancestors);
  return memberName(node) === "step" && isContext(bare(node["object"]), ancestors);
};

/** Whether a function gets steps from whoever calls it. */
export function getsStep(fn: Node): boolean {
  if ((fn["params"] as Node[]).some((param) => stepNameIn(param) !== null)) return true;
  const [context, ...others] = fn["params"] as Node[];
  if (context?.type !== "Identifier" || others.length > 0) return false;
  let takes = false;
  walk(fn["body"], (node, ancestors) => {
    takes ||=
      (node.type === "CallExpression" && isStepOf(context["name"], bare(node["callee"])["object"])) ||
      (node.type === "VariableDeclarator" &&
        !ancestors.some(isFunction) &&
        isStepOf(context["name"], node["init"], node["id"]));
  });
  return takes;
}

/** `context.step`, or `{ step } = context`. */
function isStepOf(context: string, node: Node | null | undefined, pattern?: Node): boolean {
  if (!node) return false;
  const from = bare(node);
  if (pattern?.type === "ObjectPattern" && stepNameIn(pattern) !== null) {
    return from.type === "Identifier" && from["name"] === context;
  }
  return memberName(from) === "step" && bare(from["object"])["name"] === context;
}

/** The name under which a parameter or a pattern has the step; null when it has none. */
function stepNameIn(param: Node): string | null {
  if (param.type === "Identifier") return param["name"] === "step" || isTyped(param) ? param["name"] : null;
  if (param.type !== "ObjectPattern") return null;
  for (const property of param["properties"] as Node[]) {
    if (property.type !== "Property" || property["key"].name !== "step") continue;
    const value = property["value"].type === "AssignmentPattern" ? property["value"].left : property["value"];
    return value.type === "Identifier" ? value.name : null;
  }
  return null;
}

/** `own: Step`, `own: typeof step` */
function isTyped(param: Node): boolean {
  const type: Node | undefined = param["typeAnnotation"]?.typeAnnotation;
  return type?.["typeName"]?.name === "Step" || type?.["exprName"]?.name === "step";
}

function isStepName(name: string, ancestors: Ancestors): boolean {
  for (let at = ancestors.length - 1; at >= 0; at -= 1) {
    const fn = ancestors[at]!;
    if (!isFunction(fn)) continue;
    const bound = boundIn(fn, ancestors.slice(0, at), name);
    if (bound !== null) return bound;
  }
  return false;
}

/** Declarations that are being followed. */
const asked = new Set<Node>();

/** Whether the name is a step where a function binds it; null where it does not. */
function boundIn(fn: Node, above: Ancestors, name: string): boolean | null {
  for (const [place, param] of (fn["params"] as Node[]).entries()) {
    if (!binds(param, name)) continue;
    return stepNameIn(param) === name || (param.type === "Identifier" && place === handedPlace(fn, above));
  }
  let bound: boolean | null = null;
  walk(fn["body"], (node, inner) => {
    if (inner.some(isFunction) || node.type !== "VariableDeclarator" || !binds(node["id"], name)) return;
    const { id, init } = node as unknown as { id: Node; init: Node | null };
    // A name that is said to be itself, by whatever detour, is none.
    if (init === null || asked.has(node)) bound = false;
    else if (id.type === "Identifier") {
      asked.add(node);
      bound = isStepObject(init, [...above, fn]);
      asked.delete(node);
    } else bound = stepNameIn(id) === name && isContext(bare(init), [...above, fn]);
  });
  return bound;
}

function binds(pattern: Node, name: string): boolean {
  if (pattern.type === "Identifier") return pattern["name"] === name;
  let found = false;
  walk(pattern, (node) => {
    found ||= node.type === "Property" && node["value"].type === "Identifier" && node["value"].name === name;
  });
  return found;
}

/** Whether a join or a loop calls it and gives it a step, also where another call makes it: `ids.map((id) => () => ...)`. */
export function isGivenStep(fn: Node, above: Ancestors): boolean {
  if (handedPlace(fn, above) !== -1) return true;
  const [join, map, maker] = above.slice(-3);
  if (maker === undefined || !isFunction(maker) || maker["body"] !== fn) return false;
  if (join?.type !== "CallExpression" || map?.type !== "CallExpression" || join["arguments"][0] !== map)
    return false;
  const callee = bare(join["callee"]);
  const isJoin = ["parallel", "race"].includes(memberName(callee) ?? "");
  return (
    isJoin && memberName(bare(map["callee"])) === "map" && isStepObject(callee["object"], above.slice(0, -3))
  );
}

/** Whether a function says itself what a name is. */
export function isBoundBy(fn: Node, name: string): boolean {
  if ((fn["params"] as Node[]).some((param) => binds(param, name))) return true;
  let found = false;
  walk(fn["body"], (node, inner) => {
    found ||= !inner.some(isFunction) && node.type === "VariableDeclarator" && binds(node["id"], name);
  });
  return found;
}

/** The place of the parameter that is a step, of a function that a join or a loop calls; -1 of any other. */
function handedPlace(fn: Node, above: Ancestors): number {
  const name: unknown = (fn["id"] ?? above.at(-1)?.["id"])?.name;
  if (typeof name === "string") return placeByName(name, above[0]!);
  let at = above.length - 1;
  while (["ArrayExpression", "ObjectExpression", "Property"].includes(above[at]?.type ?? "")) at -= 1;
  const call = above[at];
  if (call?.type !== "CallExpression") return -1;
  const callee = bare(call["callee"]);
  const method = memberName(callee);
  const place = method === "parallel" || method === "race" ? 0 : method === "forEach" ? 2 : -1;
  if (place === -1 || (place === 2 && above.at(-1) !== call)) return -1;
  return isStepObject(callee["object"], above.slice(0, at)) ? place : -1;
}

const places = new WeakMap<Node, Map<string, number>>();

/** The same of a function that is given by its name. */
function placeByName(name: string, program: Node): number {
  let known = places.get(program);
  if (known === undefined) {
    known = new Map();
    places.set(program, known);
  }
  const found = known.get(name);
  if (found !== undefined) return found;
  // A function may hand itself on: while it is looked for it is nobody's.
  known.set(name, -1);
  walk(program, (node, ancestors) => {
    if (node.type !== "CallExpression") return;
    const isGiven = (node["arguments"] as Node[]).some(
      (given) => given.type === "Identifier" && given["name"] === name,
    );
    const callee = bare(node["callee"]);
    if (isGiven && memberName(callee) === "forEach" && isStepObject(callee["object"], ancestors))
      known.set(name, 2);
  });
  return known.get(name)!;
}

/** The only parameter of a function: what a handler gets. */
function isContext(node: Node, ancestors: Ancestors): boolean {
  return (
    node.type === "Identifier" &&
    ancestors.some(
      (fn) => isFunction(fn) && fn["params"].length === 1 && fn["params"][0].name === node["name"],
    )
  );
}
