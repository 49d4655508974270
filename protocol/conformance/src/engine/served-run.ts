import type { CallbackKind, CallbackReply, Counts } from "../case.ts";
import type { Tape } from "../tape.ts";

/** A run that the app under test may ask of: what its bodies were counted at, and who answers its callbacks. */
export interface ServedRun {
  readonly id: string;
  readonly tape: Tape;
  /** Names of bodies, in the order in which they began. */
  readonly ran: string[];
  /** What was wrong with what the app asked. */
  readonly flaws: string[];
  answer(what: CallbackKind, message: Record<string, unknown>): CallbackReply | Promise<CallbackReply>;
}

export function countsOf(ran: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of ran) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** What differs, in words; none when it is the same. */
export function countFlaws(expected: Counts, ran: readonly string[]): string[] {
  const counts = countsOf(ran);
  const names = [...new Set([...Object.keys(expected), ...Object.keys(counts)])];
  return names.flatMap((name) => {
    const [wanted, found] = [expected[name] ?? 0, counts[name] ?? 0];
    if (wanted === found) return [];
    return [`the body of "${name}" should have run ${times(wanted)}, and ran ${times(found)}`];
  });
}

export function times(count: number): string {
  return count === 0 ? "not at all" : count === 1 ? "once" : `${count} times`;
}
