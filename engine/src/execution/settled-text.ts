/** The settled entries of a memo as one text, which grows with the journal and can be cut behind any of them. */
export class SettledText {
  #text: string;
  /** By position in the journal: where in that text the entry ends. What is not shown ends where it begins. */
  readonly #ends: number[];

  constructor(like: SettledText | null = null) {
    this.#text = like === null ? "" : like.#text;
    this.#ends = like === null ? [] : [...like.#ends];
  }

  /** Null for an entry that is not shown. */
  add(entry: string | null): void {
    if (entry !== null) this.#text += `${this.#text === "" ? "" : ","}${entry}`;
    this.#ends.push(this.#text.length);
  }

  toString(): string {
    return this.#text;
  }

  /** As many entries from the first on as fit into so many bytes. */
  headOf(bytesMax: number): { readonly text: string; readonly count: number } {
    let bytes = 0;
    let count = 0;
    let end = 0;
    for (const next of this.#ends) {
      bytes += Buffer.byteLength(this.#text.slice(end, next));
      if (bytes > bytesMax) break;
      end = next;
      count += 1;
    }
    return { text: this.#text.slice(0, end), count };
  }
}
