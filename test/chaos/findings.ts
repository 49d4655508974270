/** What is wrong besides the invariants: an engine that died by itself, an answer that no request may get. */
export class Findings {
  readonly all: string[] = [];
  #listener: (() => void) | null = null;

  add(sentence: string): void {
    this.all.push(sentence);
    this.#listener?.();
  }

  onFirst(listener: () => void): void {
    this.#listener = listener;
  }
}
