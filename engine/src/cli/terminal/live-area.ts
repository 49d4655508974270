import { fit } from "./fit.ts";

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  getWindowSize?(): [columns: number, rows: number];
}

const ERASE_BELOW = "\x1b[J";

/**
 * The last lines of a terminal, redrawn in place. What was printed above stays. A frame is one write, so that no
 * half of it is ever seen.
 */
export class LiveArea {
  readonly #terminal: Terminal;
  #lines = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Without a terminal nothing can be redrawn: say things once instead. */
  get isLive(): boolean {
    return this.#terminal.isTTY === true && process.env["TERM"] !== "dumb";
  }

  /** Asked each time: a process that is not in the terminal's foreground group never hears of a new size. */
  size(): { columns: number; rows: number } {
    const [columns, rows] = this.#terminal.getWindowSize?.() ?? [80, 24];
    return { columns: columns || 80, rows: rows || 24 };
  }

  draw(lines: readonly string[]): void {
    const { columns, rows } = this.size();
    // Lines that scrolled out of the window cannot be reached to be redrawn: the newest ones are kept.
    const shown = lines.slice(-(rows - 1)).map((line) => fit(line, columns));
    this.#terminal.write(`${this.#home()}${shown.map((line) => `${line}\x1b[K\n`).join("")}`);
    this.#lines = shown.length;
  }

  /** Lines that stay, above the area. */
  print(lines: readonly string[]): void {
    this.#terminal.write(`${this.#home()}${lines.map((line) => `${line}\n`).join("")}`);
    this.#lines = 0;
  }

  /** What is drawn now stays as it is. */
  keep(): void {
    this.#lines = 0;
  }

  #home(): string {
    return this.#lines === 0 ? ERASE_BELOW : `\x1b[${this.#lines}F${ERASE_BELOW}`;
  }
}
