/** How often each name was asked for so far, place by place: it tells steps of one name apart. */
export class NameCounts {
  readonly #next = new Map<string, number>();

  /** The number of this one, from 0. */
  next(scope: string, name: string): number {
    const key = scope === "" ? name : `${scope}\x1f${name}`;
    const n = this.#next.get(key) ?? 0;
    this.#next.set(key, n + 1);
    return n;
  }
}
