/** One call in flight; what arrives meanwhile goes into the next one. No timer: idle items leave at once. */
export class Group<Item> {
  readonly count = { calls: 0, items: 0 };
  readonly #call: (items: Item[]) => Promise<void>;
  #waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #busy = false;

  constructor(call: (items: Item[]) => Promise<void>) {
    this.#call = call;
  }

  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#busy) return;
      this.#busy = true;
      // After this turn of the event loop: what arrived together leaves together.
      setImmediate(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, MOST_ITEMS);
      this.count.calls += 1;
      this.count.items += group.length;
      try {
        await this.#call(group.map(({ item }) => item));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#busy = false;
  }
}

const MOST_ITEMS = 256;
