/** Something that a test waits for and another part of it announces: `await paid.seen` ... `paid.announce(42)`. */
export interface Signal<T> {
  readonly seen: Promise<T>;
  announce(value: T): void;
}

export function signal<T = void>(): Signal<T> {
  let announce: (value: T) => void = () => {};
  const seen = new Promise<T>((resolve) => {
    announce = resolve;
  });
  return { seen, announce };
}

/** What arrived so far, and a promise for the moment there are `count` of them. */
export class Arrivals<T> {
  readonly items: T[] = [];
  readonly #waiting: { count: number; resolve: (items: T[]) => void }[] = [];

  add(item: T): void {
    this.items.push(item);
    for (const { count, resolve } of this.#waiting) {
      if (this.items.length >= count) resolve(this.items);
    }
  }

  atLeast(count: number): Promise<T[]> {
    if (this.items.length >= count) return Promise.resolve(this.items);
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
