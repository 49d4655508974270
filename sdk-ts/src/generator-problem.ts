/** What is wrong with a function of the user's that is a generator; null for any other. Calling one runs nothing of it. */
export function generatorProblem(fn: unknown): string | null {
  const kind = Object.prototype.toString.call(fn);
  if (kind !== "[object GeneratorFunction]" && kind !== "[object AsyncGeneratorFunction]") return null;
  return "is a generator (function*). Steps are awaited, not yielded: write an async function, and await each step.";
}
