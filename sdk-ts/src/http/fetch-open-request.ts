import { IncomingLines } from "./incoming-lines.ts";
import type { OpenRequest, OpenRequestPiece } from "./open-request.ts";

const utf8 = new TextEncoder();

/** A request of a fetch runtime whose body stays open. */
export class FetchOpenRequest implements OpenRequest {
  readonly #respond: (response: Response) => void;
  readonly #lines = new IncomingLines();
  #out: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** @param respond Called once, when the answer begins. */
  constructor(body: ReadableStream<Uint8Array>, signal: AbortSignal, respond: (response: Response) => void) {
    this.#respond = respond;
    signal.addEventListener("abort", () => this.#lines.over("broken"));
    void this.#read(body.getReader());
  }

  get isOpen(): boolean {
    return this.#lines.isOpen;
  }

  next(): Promise<OpenRequestPiece> {
    return this.#lines.next();
  }

  begin(headers: Readonly<Record<string, string>>): void {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#out = controller;
      },
      cancel: () => this.#lines.over("broken"),
    });
    this.#respond(new Response(body, { status: 200, headers }));
  }

  write(text: string): void {
    try {
      this.#out?.enqueue(utf8.encode(text));
    } catch {
      // Nobody reads it any more.
    }
  }

  end(text: string): void {
    this.write(text);
    this.#lines.whenOver(() => this.#close());
  }

  abort(): void {
    this.#out?.error(new Error("This is no answer."));
  }

  #close(): void {
    try {
      this.#out?.close();
    } catch {
      // It is closed.
    }
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    try {
      for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
        if (!this.#lines.push(value!)) return;
      }
      this.#lines.end();
    } catch {
      this.#lines.over("broken");
    }
  }
}
