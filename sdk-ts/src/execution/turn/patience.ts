/** A moment in which something that is no step may still bring user code on: once per turn. */
export class Patience {
  readonly #ms: number;
  #rest: "full" | "running out" | "over" = "full";

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Whether it is not over. It begins with the first call, and calls back at its end. */
  lasts(over: () => void): boolean {
    if (this.#rest === "full") {
      this.#rest = "running out";
      setTimeout(() => {
        this.#rest = "over";
        over();
      }, this.#ms);
    }
    return this.#rest !== "over";
  }
}
