import type { DurableCode } from "./find-steps.ts";
import { importedNames } from "./imported-names.ts";
import { bare, memberName, type Node, walk } from "./syntax.ts";

const VALUE = "gives another value on every replay. Take it inside step.run, which remembers it.";
const TIMER = "is lost when the handler is suspended. Use step.sleep.";
const NETWORK =
  "is repeated on every replay. Do it inside step.run, or let the engine do it with step.fetch.";

/** `object.method`, or a function by its name alone: what to say about a call of it. */
const CALLS: Readonly<Record<string, string>> = {
  Date: VALUE,
  "Date.now": VALUE,
  "Math.random": VALUE,
  "performance.now": VALUE,
  "process.hrtime": VALUE,
  "process.hrtime.bigint": VALUE,
  "process.uptime": VALUE,
  "Temporal.Now.instant": VALUE,
  "Temporal.Now.plainDateISO": VALUE,
  "Temporal.Now.plainDateTimeISO": VALUE,
  "Temporal.Now.zonedDateTimeISO": VALUE,
  "DateTime.now": VALUE,
  "crypto.randomUUID": VALUE,
  "crypto.getRandomValues": VALUE,
  "crypto.randomBytes": VALUE,
  "crypto.randomInt": VALUE,
  randomUUID: VALUE,
  randomBytes: VALUE,
  randomInt: VALUE,
  uuid: VALUE,
  nanoid: VALUE,
  ulid: VALUE,
  createId: VALUE,
  setTimeout: TIMER,
  setInterval: TIMER,
  setImmediate: TIMER,
  fetch: NETWORK,
  request: NETWORK,
};
/** Clients of the network: any call of them, or of a method of theirs. */
const CLIENTS = new Set(["axios", "got", "ky", "superagent"]);
/** Now, when they are given nothing. */
const CLOCKS = new Set(["dayjs", "moment"]);
/** Of the names above those that mean nothing by themselves: they must be imported from where they mean it. */
const ONLY_IMPORTED = new Set([
  ...["DateTime.now", "randomBytes", "randomInt", "uuid", "nanoid", "ulid", "createId", "request"],
  ...CLIENTS,
  ...CLOCKS,
]);

/** Calls outside of any step whose result, or whose effect, is not the same on a replay. */
export function findUnrepeatable(
  program: Node,
  { fn, bodies }: DurableCode,
): { readonly node: Node; readonly message: string }[] {
  const names = importedNames(program);
  const found: { node: Node; message: string }[] = [];
  walk(fn["body"], (node, ancestors) => {
    const what = described(node, names);
    if (what === null || bodies.has(node) || ancestors.some((outer) => bodies.has(outer))) return;
    found.push({ node, message: `${what.name} outside of a step ${what.sentence}` });
  });
  return found;
}

type Names = ReturnType<typeof importedNames>;

function described(
  node: Node,
  { own, imported }: Names,
): { readonly name: string; readonly sentence: string } | null {
  if (node.type === "NewExpression") {
    const isNow = node["callee"].name === "Date" && node["arguments"].length === 0 && !own.has("Date");
    return isNow ? { name: "new Date()", sentence: VALUE } : null;
  }
  if (node.type !== "CallExpression") return null;
  const written = calledName(bare(node["callee"]));
  if (written === null) return null;
  const [head, ...members] = written.split(".") as [string, ...string[]];
  const meant = imported.get(head);
  if (meant === undefined && own.has(head)) return null;
  const name = [...(meant ?? [head]), ...members].join(".");
  if (meant === undefined && ONLY_IMPORTED.has(name)) return null;
  const sentence = sentenceOf(name, meant, node["arguments"].length);
  return sentence === null ? null : { name: `${written}()`, sentence };
}

function sentenceOf(
  name: string,
  meant: readonly string[] | undefined,
  argumentCount: number,
): string | null {
  const head = meant?.[0];
  if (head !== undefined && CLIENTS.has(head)) return NETWORK;
  if (head !== undefined && CLOCKS.has(head)) return name === head && argumentCount === 0 ? VALUE : null;
  return Object.hasOwn(CALLS, name) ? CALLS[name]! : null;
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
