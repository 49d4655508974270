import { monotonicMs } from "../runtime/clock.ts";

/** A daily message for two years has fewer. */
const JUMPS_MAX = 1_000;
/** What takes so few is slow, and not endless. */
const JUMPS_MIN = 50;

/** What is said of a run that does not come to its end. */
interface Stuck {
  readonly id: string;
  readonly function: string;
  readonly status: string;
  readonly why: string;
}

/** How often, and how far, the clock was moved for a run that does not come to its end. */
export class Jumps {
  readonly #untilMs: number;
  #count = 0;
  #ms = 0;

  /** @param patienceMs In real time. */
  constructor(patienceMs: number) {
    this.#untilMs = monotonicMs() + patienceMs;
  }

  /** @throws Error when that was so often that nobody can mean it. */
  async add(ms: number, state: () => Promise<Stuck>): Promise<void> {
    this.#count += 1;
    this.#ms += ms;
    const isLong = this.#count >= JUMPS_MIN && monotonicMs() > this.#untilMs;
    if (!isLong && this.#count < JUMPS_MAX) return;
    const { id, function: functionId, status, why } = await state();
    throw new Error(
      `Run ${id} of "${functionId}" is still ${status} after ${this.#count} timers in a row, ${shown(this.#ms)} later by the kit's clock: ${why} Something wakes by itself for ever, as a loop does that sleeps and looks again. Bring about what it looks for before you wait for its end, or move the clock as far as you mean, kit.advance("1h"), and look at run.state(). One that ends needs createTestKit({ patience }).`,
    );
  }
}

function shown(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ];
  const [unitMs, unit] = units.find(([each]) => ms >= 2 * each) ?? [1, "ms"];
  return `${Math.round(ms / unitMs)} ${unit}`;
}
