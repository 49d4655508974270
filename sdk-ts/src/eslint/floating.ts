// Whether anybody waits for a promise: the way of its value is followed outwards, as far as it can be seen.

import { type Ancestors, isFunction, memberName, type Node, walk } from "./syntax.ts";

/** Answers of a promise that are promises again. */
const CHAINED = new Set(["then", "catch", "finally"]);

export function isFloating(promise: Node, ancestors: Ancestors): boolean {
  let value = promise;
  for (let at = ancestors.length - 1; at >= 0; at -= 1) {
    const parent = ancestors[at]!;
    switch (parent.type) {
      case "ExpressionStatement":
        return true;
      case "UnaryExpression":
        return parent["operator"] === "void";
      case "ConditionalExpression":
        if (value === parent["test"]) return false;
        break;
      case "SequenceExpression":
        if (value !== parent["expressions"].at(-1)) return true;
        break;
      case "MemberExpression": {
        const call = ancestors[at - 1];
        if (call?.["callee"] !== parent || !CHAINED.has(memberName(parent) ?? "")) return false;
        at -= 1;
        value = call;
        continue;
      }
      case "VariableDeclarator":
        return parent["id"].type === "Identifier" && !isUsed(parent["id"], ancestors.slice(0, at));
      case "LogicalExpression":
      case "ChainExpression":
      case "ParenthesizedExpression":
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "TSSatisfiesExpression":
        break;
      default:
        return false;
    }
    value = parent;
  }
  return false;
}

/**
 * The call that starts the functions around a promise and waits for none of them, such as `list.forEach(async ...)`; null
 * when there is none.
 */
export function floatingCall(
  promise: Node,
  ancestors: Ancestors,
  isOwn: (call: Node, above: Ancestors) => boolean,
) {
  for (let at = ancestors.length - 1; at > 0; at -= 1) {
    const fn = ancestors[at]!;
    if (!isFunction(fn)) continue;
    const returns = fn["async"] === true || isHandedOn(promise, ancestors.slice(at + 1));
    const call = ancestors[at - 1]!;
    if (!returns || call.type !== "CallExpression" || isOwn(call, ancestors.slice(0, at - 1))) continue;
    const method = call["callee"] === fn ? "call" : memberName(call["callee"]);
    if (method === "forEach") return { call, method };
    const isList = method === "map" || method === "flatMap";
    if ((isList || method === "call") && isFloating(call, ancestors.slice(0, at - 1)))
      return { call, method };
  }
  return null;
}

/** Whether a function whose body is this expression returns the promise, or what follows it. */
function isHandedOn(promise: Node, between: Ancestors): boolean {
  let value = promise;
  for (const parent of [...between].reverse()) {
    const isOn =
      parent.type === "CallExpression"
        ? parent["callee"] === value
        : parent.type === "MemberExpression"
          ? parent["object"] === value
          : /^(?:ConditionalExpression|LogicalExpression|ChainExpression|TS\w+Expression)$/.test(parent.type);
    if (!isOn) return false;
    value = parent;
  }
  return true;
}

/** Anywhere in the function that declares it. */
function isUsed(id: Node, ancestors: Ancestors): boolean {
  const around = ancestors.findLast(isFunction) ?? ancestors[0]!;
  let used = false;
  walk(around, (node, inner) => {
    if (node === id || node.type !== "Identifier" || node["name"] !== id["name"]) return;
    const parent = inner.at(-1)!;
    const isName =
      (parent["property"] === node || parent["key"] === node) && !parent["computed"] && !parent["shorthand"];
    used ||= !isName;
  });
  return used;
}
