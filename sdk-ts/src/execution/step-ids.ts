import { stepId } from "@durable/protocol/wire";

// A function asks for the same names at every turn, and an id is a hash.
const known = new Map<string, string>();
const KNOWN_MAX = 10_000;

/** `stepId`, remembered. */
export function idOf(scope: string, name: string, n: number): string {
  const key = `${n}\x1f${scope}\x1f${name}`;
  let id = known.get(key);
  if (id === undefined) {
    id = stepId(scope, name, n);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(key, id);
  }
  return id;
}
