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
  const functions = createdFunctions(program);
  const ids = functions.map((options) => textOf(memberOf(options, "id")));
  const started = findDurableCode(program)
    .flatMap(({ steps }) => steps)
    .filter(({ method }) => method === "invoke" || method === "spawn")
    .filter(({ node }) => !isOfOtherApp(node["arguments"]))
    .map(({ node }) => targetOf(node["arguments"]));
  const named = functions.flatMap((options): Node[] => memberOf(options, "invokes")?.["elements"] ?? []);
  return {
    declared: ids.filter((id) => id !== null),
    declaresMore: ids.includes(null),
    started: [...started, ...named].flatMap((node) => {
      const id = textOf(node);
      // Of another app nothing is known here.
      return node === undefined || id === null || id.includes("/") ? [] : [{ id, node }];
    }),
  };
}

/** What `createFunction` is called with. */
function createdFunctions(program: Node): (Node | undefined)[] {
  const created: (Node | undefined)[] = [];
  walk(program, (node) => {
    if (node.type !== "CallExpression" || bare(node["callee"])["name"] !== "createFunction") return;
    created.push(node["arguments"][0]);
  });
  return created;
}

function memberOf(options: Node | undefined, member: string): Node | undefined {
  const properties: Node[] = options?.type === "ObjectExpression" ? options["properties"] : [];
  return properties.find((property) => property["key"]?.name === member)?.["value"];
}

/** Of `invoke("child")`, `invoke("child", { .. })` or `invoke("name", "child")`. */
export function targetOf([first, second]: readonly Node[]): Node | undefined {
  const isOnly = second === undefined || second.type === "ObjectExpression";
  return isOnly ? first : second;
}

function isOfOtherApp(call: readonly Node[]): boolean {
  return memberOf(call.at(-1), "app") !== undefined;
}

function textOf(node: Node | null | undefined): string | null {
  return node?.type === "Literal" && typeof node["value"] === "string" ? node["value"] : null;
}
