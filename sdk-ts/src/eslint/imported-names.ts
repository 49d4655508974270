import { type Node, walk } from "./syntax.ts";

/**
 * What a module's exports are called where they are known; `*` is the module as a whole, `default` what it exports as such.
 * An empty name leaves out what it stands for.
 */
const MODULES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  crypto: { "*": "crypto", default: "crypto" },
  timers: { "*": "", default: "" },
  "timers/promises": { "*": "", default: "" },
  perf_hooks: { "*": "", default: "" },
  uuid: { v1: "uuid", v4: "uuid", v6: "uuid", v7: "uuid" },
  nanoid: { nanoid: "nanoid" },
  ulid: { ulid: "ulid" },
  "@paralleldrive/cuid2": { createId: "createId" },
  luxon: { DateTime: "DateTime" },
  dayjs: { default: "dayjs" },
  moment: { default: "moment" },
  axios: { default: "axios" },
  got: { default: "got", got: "got" },
  ky: { default: "ky" },
  superagent: { default: "superagent" },
  "node-fetch": { default: "fetch" },
  undici: { fetch: "fetch", request: "request" },
};

/** Their exports mean what the globals of that name mean. */
const AS_GLOBALS = new Set(["crypto", "timers", "timers/promises", "perf_hooks"]);

/**
 * What the names of a file mean. `own`: it gives them a meaning of its own; a `fetch` that is imported may be anything.
 * `imported`: what they are called where they come from.
 */
export function importedNames(program: Node): {
  readonly own: ReadonlySet<string>;
  readonly imported: ReadonlyMap<string, readonly string[]>;
} {
  const own = new Set<string>();
  const imported = new Map<string, readonly string[]>();
  walk(program, (node, ancestors) => {
    if (node.type === "VariableDeclarator" && node["id"].type === "Identifier") own.add(node["id"].name);
    else if (node.type === "FunctionDeclaration" && node["id"]) own.add(node["id"].name);
    else if (/^Import(?:Default|Namespace)?Specifier$/.test(node.type)) {
      const local: string = node["local"].name;
      const meant = meaningOf(node, String(ancestors.at(-1)?.["source"]?.value));
      if (meant === null) own.add(local);
      else imported.set(local, meant);
    }
  });
  return { own, imported };
}

function meaningOf(specifier: Node, source: string): readonly string[] | null {
  const module = source.replace(/^node:/, "");
  const known = MODULES[module];
  if (known === undefined) return null;
  const exported: string =
    specifier.type === "ImportSpecifier"
      ? (specifier["imported"].name ?? specifier["imported"].value)
      : specifier.type === "ImportDefaultSpecifier"
        ? "default"
        : "*";
  const name = known[exported] ?? (AS_GLOBALS.has(module) ? exported : undefined);
  if (name === undefined) return null;
  return name === "" ? [] : [name];
}
