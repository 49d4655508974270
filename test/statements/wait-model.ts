// Waits of one run as they would be if each met its events at once: what the engine's, which meet them later, come to.

/** What a wait asks of an event named the same. */
export interface Asked {
  readonly name: string;
  /** `match`: the event's `id` is this one. Null: any. */
  readonly id: number | null;
  /** `if`: its `n` is above 0. It fails for an `n` that is no number. */
  readonly isPositive: boolean;
  /** It reaches back before the run's start. */
  readonly reaches: boolean;
}

export interface Sent {
  readonly name: string;
  readonly id: number;
  readonly n: number | string;
}

/** Its number is its place among all that were sent. */
interface Open {
  readonly step: string;
  readonly key: string;
  readonly asked: Asked;
}

export class WaitModel {
  readonly #sent: Sent[] = [];
  readonly #isTaken = new Set<number>();
  #open: Open[] = [];
  #begun = Number.POSITIVE_INFINITY;
  /** By step and key: the number of the event, or "failed". */
  readonly taken = new Map<string, number | "failed">();

  begin(): void {
    this.#begun = this.#sent.length;
  }

  send(event: Sent): void {
    const number = this.#sent.push(event) - 1;
    for (const wait of [...this.#open]) if (this.#meet(wait, number)) return;
  }

  /** `isAll`: each of these is to be filled; else there is one. */
  wait(step: string, asked: readonly Asked[]): void {
    const waits = asked.map((each, key) => ({ step, key: String(key), asked: each }));
    this.#open.push(...waits);
    for (const wait of waits) {
      const from = wait.asked.reaches ? 0 : this.#begun;
      for (let number = from; number < this.#sent.length && this.#open.includes(wait); number += 1)
        if (!this.#isTaken.has(number)) this.#meet(wait, number);
    }
  }

  /** Whether the event is taken. */
  #meet(wait: Open, number: number): boolean {
    const { name, id, n } = this.#sent[number]!;
    const { asked } = wait;
    if (!this.#open.includes(wait) || asked.name !== name || (asked.id !== null && asked.id !== id))
      return false;
    const isFailure = asked.isPositive && typeof n !== "number";
    if (asked.isPositive && !isFailure && (n as number) <= 0) return false;
    this.taken.set(`${wait.step}/${wait.key}`, isFailure ? "failed" : number);
    this.#open = this.#open.filter((each) => each !== wait);
    if (!isFailure) this.#isTaken.add(number);
    return !isFailure;
  }
}
