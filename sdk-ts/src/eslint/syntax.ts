// A syntax tree as ESTree has it, whoever parsed it: ESLint with any parser, or `durable check` with its own.

/** Any node. What is not asked for by name is not known, and not needed. */
export interface Node {
  readonly type: string;
  readonly loc?: {
    readonly start: { readonly line: number; readonly column: number };
  } | null;
  // biome-ignore lint/suspicious/noExplicitAny: its members depend on its type, and on the parser
  readonly [member: string]: any;
}

/** From the outermost node to the parent of the visited one. */
export type Ancestors = readonly Node[];

/** Back references of some parsers, and what is no code. */
const NOT_CODE = new Set(["parent", "loc", "range", "tokens", "comments"]);

/** Visits every node before its children, in the order of the source. */
export function walk(root: Node, visit: (node: Node, ancestors: Ancestors) => void): void {
  const ancestors: Node[] = [];
  const enter = (node: Node): void => {
    visit(node, ancestors);
    ancestors.push(node);
    for (const [member, value] of Object.entries(node)) {
      if (NOT_CODE.has(member)) continue;
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) enter(child);
    }
    ancestors.pop();
  };
  enter(root);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

export function isFunction({ type }: Node): boolean {
  return (
    type === "FunctionExpression" || type === "ArrowFunctionExpression" || type === "FunctionDeclaration"
  );
}

/** The name of `a.b` and `a["b"]`; null of anything else. */
export function memberName(node: Node): string | null {
  if (node.type !== "MemberExpression") return null;
  const { property, computed } = node;
  if (!computed) return property.name ?? null;
  return property.type === "Literal" && typeof property.value === "string" ? property.value : null;
}

/** `await (x as T)!` is about `x`. */
export function bare(node: Node): Node {
  switch (node.type) {
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "ParenthesizedExpression":
    case "ChainExpression":
      return bare(node["expression"]);
    default:
      return node;
  }
}

/** Functions that have a name in this code, and no other function the same one. */
export function localFunctions(code: Node): Map<string, Node> {
  const found = new Map<string, Node>();
  const twice = new Set<string>();
  walk(code, (node) => {
    const fn =
      node.type === "FunctionDeclaration" ? node : node.type === "VariableDeclarator" ? node["init"] : null;
    const name: unknown = node["id"]?.name;
    if (!fn || !isFunction(fn) || typeof name !== "string") return;
    if (found.has(name)) twice.add(name);
    found.set(name, fn);
  });
  for (const name of twice) found.delete(name);
  return found;
}
