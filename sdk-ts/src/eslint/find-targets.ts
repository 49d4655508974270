import { findDurableCode } from "./find-steps.ts";
import { bare, type Node, walk } from "./syntax.ts";

/** Which functions a file declares, and which it starts by their id. Whoever sees all files can hold the two together. */
export interface Targets {
  readonly declared: readonly string[];
  /** It declares some whose id is not written out. */
  readonly declaresMore: boolean;
  readonly started: readonly { readonly id: string; readonly node: Node }[];
}

export function findTargets(program: Node): Targets {
  const ids = createdIds(program);
  const started = findDurableCode(program)
    .flatMap(({ steps }) => steps)
    .filter(({ method }) => method === "invoke" || method === "spawn")
    .flatMap(({ node }) => {
      const id = textOf(targetOf(node["arguments"]));
      return id === null ? [] : [{ id, node }];
    });
  return { declared: ids.filter((id) => id !== null), declaresMore: ids.includes(null), started };
}

/** Null for one that is not written out. */
function createdIds(program: Node): (string | null)[] {
  const ids: (string | null)[] = [];
  walk(program, (node) => {
    if (node.type !== "CallExpression" || bare(node["callee"])["name"] !== "createFunction") return;
    const options = node["arguments"][0];
    const properties: Node[] = options?.type === "ObjectExpression" ? options.properties : [];
    const id = properties.find((property) => property["key"]?.name === "id");
    ids.push(id === undefined ? null : textOf(id["value"]));
  });
  return ids;
}

/** Of `invoke("child")`, `invoke("child", { .. })` or `invoke("name", "child")`. */
export function targetOf([first, second]: readonly Node[]): Node | undefined {
  const isOnly = second === undefined || second.type === "ObjectExpression";
  return isOnly ? first : second;
}

function textOf(node: Node | undefined): string | null {
  return node?.type === "Literal" && typeof node["value"] === "string" ? node["value"] : null;
}
