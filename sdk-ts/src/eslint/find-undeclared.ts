import type { StepCall } from "./find-steps.ts";
import { targetOf } from "./find-targets.ts";
import { bare, type Node } from "./syntax.ts";

/**
 * What a step starts that the function's `invokes` leaves out. Judged like by like, for a name and an id may be the same
 * function: an id where the list has ids alone, a name where it has names alone.
 */
export function findUndeclared(
  steps: readonly StepCall[],
): { readonly node: Node; readonly message: string }[] {
  return steps.flatMap(({ node, method, ancestors }) => {
    if (method !== "invoke" && method !== "spawn") return [];
    const target = written(targetOf(node["arguments"]));
    const list = invokesAround(ancestors)?.map(written);
    if (target === null || list === undefined || list.includes(null)) return [];
    const kind = target.startsWith('"');
    if (list.some((each) => each!.startsWith('"') !== kind) || list.includes(target)) return [];
    const message = `This starts ${target}, and the function's "invokes" leaves it out: a sync cannot tell whether it is served. Add it there.`;
    return [{ node, message }];
  });
}

/** The list of the function around it, where that is written out. */
function invokesAround(ancestors: readonly Node[]): Node[] | undefined {
  const at = ancestors.findLastIndex(
    ({ type, callee }) => type === "CallExpression" && bare(callee)["name"] === "createFunction",
  );
  const options = ancestors[at]?.["arguments"][0];
  if (options?.type !== "ObjectExpression") return undefined;
  const list = options.properties.find((each: Node) => each["key"]?.name === "invokes")?.value;
  return list?.type === "ArrayExpression" ? list.elements : undefined;
}

/** As its text has it; null for what is neither a name nor an id. */
function written(node: Node | null | undefined): string | null {
  if (node?.type === "Identifier") return node["name"];
  if (node?.type !== "Literal" || typeof node["value"] !== "string") return null;
  // Which app this is, only a sync knows.
  return JSON.stringify(node["value"].split("/").at(-1));
}
