/** What was seen to be final. Kept outside the database, so that a change of it cannot change this too. */
export class Memory {
  /** Settled entries: hash of everything that must never change, by run and step. */
  readonly settled = new Map<string, string>();
  /** Ended runs: status, time and result. */
  readonly ended = new Map<string, string>();
}

/** Compares what is with what was, and remembers what is new. */
export function compareWithMemory(
  remembered: Map<string, string>,
  now: ReadonlyMap<string, string>,
  what: string,
): string[] {
  const violations: string[] = [];
  for (const [key, was] of remembered) {
    const is = now.get(key);
    if (is === undefined) violations.push(`${what} ${key} is gone`);
    else if (is !== was) violations.push(`${what} ${key} changed`);
  }
  for (const [key, is] of now) if (!remembered.has(key)) remembered.set(key, is);
  return violations;
}
