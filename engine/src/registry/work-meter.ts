// What a check may cost, counted and not timed: a busy machine must never change a verdict.

/** The engine does not judge this, now or later: the app does, with its own schema. */
export class Unjudgeable extends Error {}

/** Parts of a schema times parts of the data, and steps of a pattern: half a second at the very worst. */
const WORK_MAX = 2 ** 25;

let left = 0;

/** A check runs in one go, so one count is enough. */
export function startWork(): void {
  left = WORK_MAX;
}

/** @throws Unjudgeable */
export function spend(work: number): void {
  left -= work;
  if (left < 0) throw new Unjudgeable("holding this data against it takes too many steps");
}

const sizes = new WeakMap<object, number>();

/** Values, keys, and one more for each eight characters of a text. */
export function sizeOf(value: unknown): number {
  if (typeof value === "string") return 1 + (value.length >> 3);
  if (typeof value !== "object" || value === null) return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let size = 1;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item);
  else for (const [key, member] of Object.entries(value)) size += sizeOf(key) + sizeOf(member);
  sizes.set(value, size);
  return size;
}
