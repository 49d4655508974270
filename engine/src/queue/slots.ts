/** How many runs this process executes at once. A slot is reserved, then used, then free again. */
export class Slots {
  readonly total: number;
  /** Beyond so many none is free at the moment, whatever the total. */
  cap = Number.POSITIVE_INFINITY;
  #used = 0;
  #onIdle: (() => void)[] = [];

  constructor(total: number) {
    this.total = total;
  }

  get used(): number {
    return this.#used;
  }

  get isCapped(): boolean {
    return this.cap !== Number.POSITIVE_INFINITY;
  }

  get free(): number {
    return Math.max(0, Math.min(this.total, this.cap) - this.#used);
  }

  /** Takes up to `wanted`; answers how many it got. */
  take(wanted: number): number {
    const taken = Math.min(wanted, this.free);
    this.#used += taken;
    return taken;
  }

  give(count: number): void {
    this.#used -= count;
    if (this.#used === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  idle(): Promise<void> {
    if (this.#used === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }
}
