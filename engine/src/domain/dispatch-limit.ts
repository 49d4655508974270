/**
 * How many dispatches an endpoint gets at once while its circuit is limited, as TCP does it: from one up, doubling per
 * round trip (each success adds one) until the point where it was too much last time, from there on by one per round
 * trip; and half of what was under way when it is too much again.
 */
export class DispatchLimit {
  #limit: number;
  #threshold: number;

  private constructor(limit: number, threshold: number) {
    this.#limit = limit;
    this.#threshold = threshold;
  }

  /** After an outage nothing is known of what it bears. */
  static afterOutage(): DispatchLimit {
    return new DispatchLimit(1, Number.POSITIVE_INFINITY);
  }

  static afterPushBack(inFlight: number): DispatchLimit {
    const limit = new DispatchLimit(1, 1);
    limit.pushedBack(inFlight);
    return limit;
  }

  get count(): number {
    return Math.floor(this.#limit);
  }

  succeeded(): void {
    this.#limit += this.#limit < this.#threshold ? 1 : 1 / this.#limit;
  }

  pushedBack(inFlight: number): void {
    this.#limit = this.#threshold = Math.max(1, Math.floor(inFlight / 2));
  }
}
