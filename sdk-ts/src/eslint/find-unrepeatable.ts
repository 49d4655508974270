import type { DurableCode } from "./find-steps.ts";
import { bare, memberName, type Node, walk } from "./syntax.ts";

const VALUE = "gives another value on every replay. Take it inside step.run, which remembers it.";
const TIMER = "is lost when the handler is suspended. Use step.sleep.";
const NETWORK =
  "is repeated on every replay. Do it inside step.run, or let the engine do it with step.fetch.";

/** `object.method`, or a global function by its name alone: what to say about a call of it. */
const CALLS: Readonly<Record<string, string>> = {
  "Date.now": VALUE,
  "Math.random": VALUE,
  "performance.now": VALUE,
  "process.hrtime": VALUE,
  "crypto.randomUUID": VALUE,
  "crypto.getRandomValues": VALUE,
  "crypto.randomBytes": VALUE,
  "crypto.randomInt": VALUE,
  randomUUID: VALUE,
  setTimeout: TIMER,
  setInterval: TIMER,
  setImmediate: TIMER,
  fetch: NETWORK,
};
/** From these modules the names mean what they mean as globals. */
const KNOWN_MODULES = /^(?:node:)?(?:crypto|timers|timers\/promises|perf_hooks)$/;

/** Calls outside of any step whose result, or whose effect, is not the same on a replay. */
export function findUnrepeatable(
  program: Node,
  { fn, steps }: DurableCode,
): { readonly node: Node; readonly message: string }[] {
  const own = declaredNames(program);
  const bodies = new Set(steps.flatMap((step) => step.bodies));
  const found: { node: Node; message: string }[] = [];
  walk(fn["body"], (node, ancestors) => {
    const what = described(node, own);
    if (what === null || bodies.has(node) || ancestors.some((outer) => bodies.has(outer))) return;
    found.push({ node, message: `${what.name} outside of a step ${what.sentence}` });
  });
  return found;
}

function described(
  node: Node,
  own: ReadonlySet<string>,
): { readonly name: string; readonly sentence: string } | null {
  if (node.type === "NewExpression") {
    const isNow = node["callee"].name === "Date" && node["arguments"].length === 0 && !own.has("Date");
    return isNow ? { name: "new Date()", sentence: VALUE } : null;
  }
  if (node.type !== "CallExpression") return null;
  const name = calledName(bare(node["callee"]));
  if (name === null || !Object.hasOwn(CALLS, name) || own.has(name.split(".")[0]!)) return null;
  return { name: `${name}()`, sentence: CALLS[name]! };
}

/** `globalThis.crypto.randomUUID` is `crypto.randomUUID`. */
function calledName(callee: Node): string | null {
  if (callee.type === "Identifier") return callee["name"];
  const member = memberName(callee);
  if (member === null) return null;
  const object = calledName(bare(callee["object"]));
  if (object === null) return null;
  return object === "globalThis" || object === "window" ? member : `${object}.${member}`;
}

/** Names that this file gives a meaning of its own: a `fetch` that is imported may be anything. */
function declaredNames(program: Node): Set<string> {
  const names = new Set<string>();
  walk(program, (node, ancestors) => {
    if (node.type === "VariableDeclarator" && node["id"].type === "Identifier") names.add(node["id"].name);
    else if (node.type === "FunctionDeclaration" && node["id"]) names.add(node["id"].name);
    else if (/^Import(?:Default|Namespace)?Specifier$/.test(node.type)) {
      const source: unknown = ancestors.at(-1)?.["source"]?.value;
      if (!KNOWN_MODULES.test(String(source))) names.add(node["local"].name);
    }
  });
  return names;
}
