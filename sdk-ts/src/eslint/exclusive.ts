import type { StepCall } from "./find-steps.ts";
import type { Node } from "./syntax.ts";

/** Whether one run can never reach both: they stand on different ways through the function. */
export function areExclusive(first: StepCall, second: StepCall): boolean {
  const [a, b] = [
    [...first.ancestors, first.node],
    [...second.ancestors, second.node],
  ];
  let depth = 0;
  while (a[depth] === b[depth]) depth += 1;
  const parent = a[depth - 1];
  if (parent === undefined) return false;
  const [inA, inB] = [a[depth]!, b[depth]!];
  switch (parent.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return inA !== parent["test"] && inB !== parent["test"];
    case "SwitchStatement":
      return inA.type === "SwitchCase" && inB.type === "SwitchCase";
    default:
      // `if (x) { await step.run("a"); return; } await step.run("a");`
      return a.slice(depth).some((node, at, path) => leaves(node, path[at + 1]));
  }
}

/** An arm of an `if` that never goes on after it. */
function leaves(node: Node, arm: Node | undefined): boolean {
  if (node.type !== "IfStatement" || arm === undefined || arm === node["test"]) return false;
  const last = arm.type === "BlockStatement" ? arm["body"].at(-1) : arm;
  return ["ReturnStatement", "ThrowStatement", "ContinueStatement", "BreakStatement"].includes(last?.type);
}
