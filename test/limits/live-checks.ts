import type { Stage } from "../concurrency/stage.ts";

/** A check looks at all that the stage has, which grows with each sequence: a night has 20,000 of them. */
const CHECKS = 10;

/**
 * What is true at every instant is true in the middle of a sequence, and not only when all its runs have ended. The first
 * sequences are held against that.
 */
export class LiveChecks {
  readonly #stage: Stage;
  #left = CHECKS;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async check(): Promise<void> {
    if (this.#left === 0) return;
    this.#left -= 1;
    await this.#stage.expectInvariants();
  }
}
