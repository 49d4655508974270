/** What is wrong besides the invariants: an engine that died by itself, an answer that no request may get. */
export class Findings {
  readonly all: string[] = [];

  add(sentence: string): void {
    this.all.push(sentence);
  }
}
