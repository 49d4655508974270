/** An environment variable; undefined when it is empty, or where there is no environment. */
export function environment(name: string): string | undefined {
  const value = globalThis.process?.env?.[name];
  return value === "" ? undefined : value;
}
