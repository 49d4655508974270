/** What a client that does not read may leave lying here. */
const CHARACTERS_MAX = 4 * 1024 * 1024;
/** It comes back after so long when the line breaks. */
const RETRY_MS = 500;

export type ResetReason =
  | "old" // what it has missed is not kept any more, or it is of another database
  | "many" // it has missed more than is told one by one
  | "slow" // it did not read what it was told
  | "long"; // of one run: it has more steps or lines than are told at once

const encoder = new TextEncoder();

/**
 * The way to one client: server-sent events, bounded. A client that falls behind loses what waits for it and is told so;
 * nobody waits for it. An id goes out after everything that it stands for, so whoever is cut off in between hears
 * that part again.
 */
export class Outbox {
  readonly body: ReadableStream<Uint8Array>;
  #waiting: string[] = [];
  #characters = 0;
  #cursor: string | null = null;
  #isMarked = true;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #hasRoom = false;
  #isClosed = false;

  /** @param gone The client has hung up. */
  constructor(gone: () => void) {
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#hasRoom = true;
          this.#flush();
        },
        cancel: () => {
          this.#isClosed = true;
          this.#waiting = [];
          gone();
        },
      },
      { highWaterMark: 1 },
    );
  }

  open(greeting: object): void {
    this.#push(`retry: ${RETRY_MS}\nevent: open\ndata: ${JSON.stringify(greeting)}\n\n`);
  }

  /**
   * @param text JSON in one line.
   * @param id Where each message stands for all before it: nothing is marked there.
   */
  tell(text: string, id: string | null = null): void {
    this.#push(id === null ? `data: ${text}\n\n` : `id: ${id}\ndata: ${text}\n\n`);
  }

  /** @param topic Null: all of them. */
  reset(reason: ResetReason, topic: string | null = null): void {
    this.#push(resetBlock(reason, topic));
  }

  /** All up to here has been told. */
  mark(cursor: string): void {
    this.#cursor = cursor;
    if (this.#isMarked) return;
    this.#push(`id: ${cursor}\n\n`);
    this.#isMarked = true;
  }

  /** So that nobody in between takes the silence for an end. */
  beat(): void {
    this.#push(this.#cursor === null ? ": beat\n\n" : `: beat\nid: ${this.#cursor}\n\n`);
  }

  /** What waits still goes out. */
  end(): void {
    if (this.#isClosed) return;
    this.#hasRoom = true;
    this.#flush();
    this.#isClosed = true;
    this.#controller?.close();
  }

  #push(block: string): void {
    if (this.#isClosed) return;
    if (this.#characters + block.length > CHARACTERS_MAX) {
      // Without an id: who comes back with its last one is told what is lost here.
      const reset = resetBlock("slow", null);
      this.#waiting = [reset];
      this.#characters = reset.length;
    }
    this.#waiting.push(block);
    this.#characters += block.length;
    this.#isMarked = false;
    this.#flush();
  }

  #flush(): void {
    if (!this.#hasRoom || this.#waiting.length === 0) return;
    this.#hasRoom = false;
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#characters = 0;
    this.#controller?.enqueue(encoder.encode(text));
  }
}

function resetBlock(reason: ResetReason, topic: string | null): string {
  return `event: reset\ndata: ${JSON.stringify({ topic, reason })}\n\n`;
}
