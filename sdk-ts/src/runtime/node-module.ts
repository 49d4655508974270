type NodeModules = {
  "node:async_hooks": typeof import("node:async_hooks");
  "node:fs": typeof import("node:fs");
  "node:http": typeof import("node:http");
  "node:module": typeof import("node:module");
  "node:url": typeof import("node:url");
  "node:util": typeof import("node:util");
};

/**
 * A module of Node's own, or undefined on a runtime that has none. Never an import: bundlers for other runtimes would
 * stumble over it.
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const process = globalThis.process as { getBuiltinModule?: (name: string) => unknown } | undefined;
  return process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
}
