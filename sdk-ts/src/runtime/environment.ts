/** What a host hands in with a request instead of having an environment. */
let provided: Readonly<Record<string, unknown>> = {};

/** From now on its texts are environment variables. The same for every request that a process gets. */
export function provideEnvironment(bindings: unknown): void {
  if (typeof bindings === "object" && bindings !== null) provided = bindings as Record<string, unknown>;
}

/** An environment variable; undefined when it is empty, or where there is no environment. */
export function environment(name: string): string | undefined {
  const given = provided[name];
  const value = typeof given === "string" ? given : globalThis.process?.env?.[name];
  return value === "" ? undefined : value;
}
