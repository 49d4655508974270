// A list that grows at its end, read page after page: lines of a log, entries of a history. Who asks again after its last member misses
// none.

export interface TailPage<Item> {
  readonly items: readonly Item[];
  /** There is nothing behind it, for now. */
  readonly isLast: boolean;
}

export interface TailState<Item> {
  readonly items: readonly Item[];
  readonly isWhole: boolean;
  readonly isBusy: boolean;
  readonly error: Error | null;
}

export type ReadTail<Item> = (after: Item | null, signal: AbortSignal) => Promise<TailPage<Item>>;

export class TailList<Item> {
  readonly #read: ReadTail<Item>;
  readonly #listeners = new Set<() => void>();
  #stop: AbortController | null = null;
  /** Asked for while it read. */
  #isOwed = false;
  state: TailState<Item> = { items: [], isWhole: false, isBusy: false, error: null };

  constructor(read: ReadTail<Item>) {
    this.#read = read;
  }

  /** For `useSyncExternalStore`. */
  onState = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads until it is whole or has so many. Until the returned function is called. */
  start(most: number): () => void {
    const stop = new AbortController();
    this.#stop = stop;
    void this.#readUpTo(most, stop.signal);
    return () => {
      stop.abort();
      if (this.#stop === stop) this.#stop = null;
      this.#set({ isBusy: false });
    };
  }

  /** One page more; of a whole one what has come since. */
  more(): void {
    if (this.#stop === null) return;
    if (this.state.isBusy) this.#isOwed = true;
    else void this.#readPage(this.#stop.signal);
  }

  /** What the stream has told; only at the end of a whole list does it have its place. */
  push(told: readonly Item[], isAfter: (item: Item, last: Item) => boolean): void {
    const { items, isWhole } = this.state;
    if (!isWhole) return;
    const news: Item[] = [];
    for (const item of told) {
      const last = news.at(-1) ?? items.at(-1);
      if (last === undefined || isAfter(item, last)) news.push(item);
    }
    if (news.length > 0) this.#set({ items: [...items, ...news] });
  }

  async #readUpTo(most: number, signal: AbortSignal): Promise<void> {
    do await this.#readPage(signal);
    while (
      !signal.aborted &&
      !this.state.isWhole &&
      this.state.error === null &&
      this.state.items.length < most
    );
  }

  async #readPage(signal: AbortSignal): Promise<void> {
    this.#isOwed = false;
    this.#set({ isBusy: true, error: null });
    try {
      const page = await this.#read(this.state.items.at(-1) ?? null, signal);
      if (signal.aborted) return;
      this.#set({ items: [...this.state.items, ...page.items], isWhole: page.isLast, isBusy: false });
    } catch (error) {
      if (!signal.aborted) this.#set({ isBusy: false, error: error as Error });
      return;
    }
    if (this.#isOwed) await this.#readPage(signal);
  }

  #set(change: Partial<TailState<Item>>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
