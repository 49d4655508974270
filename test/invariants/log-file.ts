import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** A file of JSON lines that grows. Each read takes only what is new; a last line without its end waits. */
export class LogFile<Line> {
  readonly #path: string;
  readonly #lines: Line[] = [];
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  read(): readonly Line[] {
    const lines = this.#appended().split("\n");
    // A process killed in the middle of a write leaves half a line; the next one starts behind it.
    for (const line of lines) {
      try {
        if (line !== "") this.#lines.push(JSON.parse(line));
      } catch {}
    }
    return this.#lines;
  }

  #appended(): string {
    let file: number;
    try {
      file = openSync(this.#path, "r");
    } catch {
      return "";
    }
    try {
      const bytes = Buffer.alloc(fstatSync(file).size - this.#offset);
      // Half a character at the end would be lost to decoding: take whole lines only.
      const read = readSync(file, bytes, 0, bytes.length, this.#offset);
      const end = bytes.subarray(0, read).lastIndexOf(0x0a) + 1;
      this.#offset += end;
      return bytes.toString("utf8", 0, end);
    } finally {
      closeSync(file);
    }
  }
}
