import { LineCutter, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import type { OpenRequestPiece } from "./open-request.ts";

/** How long an answer waits for the request to end before it. */
const END_PATIENCE_MS = 1_000;

/** What comes on a request whose body stays open: whoever reads its bytes puts them in, whoever answers takes lines out. */
export class IncomingLines {
  readonly #cutter = new LineCutter(REQUEST_BYTES_MAX);
  readonly #come: OpenRequestPiece[] = [];
  #awaiting: ((piece: OpenRequestPiece) => void) | null = null;
  /** What there will be when all lines are read. */
  #last: OpenRequestPiece | null = null;
  #tellOver: (() => void) | null = null;

  get isOpen(): boolean {
    return this.#last === null;
  }

  /** @returns false once a line is longer than it may be: then the request is broken. */
  push(piece: Uint8Array): boolean {
    const isShort = this.#cutter.push(piece, (line) => this.#came({ kind: "line", line }));
    if (!isShort) this.over("broken");
    return isShort;
  }

  /** The body has ended. */
  end(): void {
    const line = this.#cutter.rest();
    if (line.length > 0) this.#came({ kind: "line", line });
    this.over("ended");
  }

  /** Nothing comes any more. What was first said of it counts. */
  over(kind: "ended" | "broken"): void {
    if (this.#last !== null) return;
    const last: OpenRequestPiece = { kind };
    this.#last = last;
    this.#awaiting?.(last);
    this.#awaiting = null;
    this.#tellOver?.();
  }

  /** Never two calls at once. */
  next(): Promise<OpenRequestPiece> {
    const piece = this.#come.shift() ?? this.#last;
    if (piece !== null) return Promise.resolve(piece);
    return new Promise((resolve) => {
      this.#awaiting = resolve;
    });
  }

  /** Calls back once nothing comes any more, or that has taken too long. */
  whenOver(tell: () => void): void {
    if (this.#last !== null) {
      tell();
      return;
    }
    const timer = setTimeout(tell, END_PATIENCE_MS);
    this.#tellOver = () => {
      clearTimeout(timer);
      tell();
    };
  }

  #came(piece: OpenRequestPiece): void {
    const awaiting = this.#awaiting;
    this.#awaiting = null;
    if (awaiting === null) this.#come.push(piece);
    else awaiting(piece);
  }
}
