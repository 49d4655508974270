/** One bar per round on a terminal; elsewhere one line per session. */
export class Progress {
  readonly #total: number;
  #done = 0;
  #round = 0;
  readonly #tty = process.stderr.isTTY;

  constructor(sessionsPerRound: number) {
    this.#total = sessionsPerRound;
  }

  begin(round: number, what: string): void {
    if (round !== this.#round) {
      if (this.#tty && this.#round > 0) process.stderr.write("\n");
      this.#round = round;
      this.#done = 0;
    }
    this.#show(what);
  }

  cell(what: string): void {
    if (this.#tty) this.#show(what);
  }

  end(summary: string): void {
    this.#done += 1;
    if (this.#tty) this.#show("");
    else console.error(`round ${this.#round}  ${summary}`);
  }

  note(line: string): void {
    console.error(this.#tty ? `\r\x1b[K${line}` : line);
  }

  #show(what: string): void {
    if (!this.#tty) return;
    const width = 30;
    const filled = Math.round((width * this.#done) / this.#total);
    const bar = "#".repeat(filled) + ".".repeat(width - filled);
    process.stderr.write(`\r\x1b[Kround ${this.#round} [${bar}] ${this.#done}/${this.#total}  ${what}`);
  }
}
