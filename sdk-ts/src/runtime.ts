// What runtimes do differently, in one place. Everything works without Node; with it some things are faster.

type NodeModules = {
  "node:async_hooks": typeof import("node:async_hooks");
  "node:fs": typeof import("node:fs");
};

export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const process = globalThis.process as { getBuiltinModule?: (name: string) => unknown } | undefined;
  return process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
}

/** An environment variable, or undefined where there is no environment. */
export function environment(name: string): string | undefined {
  const value = globalThis.process?.env?.[name];
  return value === "" ? undefined : value;
}

/** After the microtasks that are queued now and those they queue. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

export const monotonicMs: () => number = () => performance.now();
