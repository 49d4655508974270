// Much of the same, in slices: what a process does for one caller must not keep the others waiting.
import { setImmediate } from "node:timers/promises";

/** About a millisecond's worth of small things. */
export const SLICE = 1_000;

/** `act` for every index below `count`; between two slices everything else that is due has its turn. */
export async function inSlices(count: number, act: (index: number) => void): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    if (index > 0 && index % SLICE === 0) await setImmediate();
    act(index);
  }
}
