import { afterMicrotasks } from "../../runtime/after-microtasks.ts";

/** Calls back when user code has come to rest; until then, being asked again changes nothing. */
export class Rest {
  readonly #atRest: () => void;
  #isLooking = false;

  constructor(atRest: () => void) {
    this.#atRest = atRest;
  }

  look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    afterMicrotasks(() => {
      this.#isLooking = false;
      this.#atRest();
    });
  }
}
