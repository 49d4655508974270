import { LineCutter, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import type { OpenRequest, OpenRequestPiece } from "./open-request.ts";

/** How long the answer waits for the request to end before it. */
const END_PATIENCE_MS = 1_000;

const utf8 = new TextEncoder();

/** A request of a fetch runtime whose body stays open. */
export class FetchOpenRequest implements OpenRequest {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #respond: (response: Response) => void;
  readonly #lines = new LineCutter(REQUEST_BYTES_MAX);
  readonly #come: OpenRequestPiece[] = [];
  #out: ReadableStreamDefaultController<Uint8Array> | undefined;
  #last: OpenRequestPiece | null = null;
  #tell: () => void = () => {};

  /** @param respond Called once, when the answer begins. */
  constructor(body: ReadableStream<Uint8Array>, signal: AbortSignal, respond: (response: Response) => void) {
    this.#reader = body.getReader();
    this.#respond = respond;
    signal.addEventListener("abort", () => this.#over("broken"));
    void this.#read();
  }

  get isOpen(): boolean {
    return this.#last === null;
  }

  async next(): Promise<OpenRequestPiece> {
    while (this.#come.length === 0 && this.#last === null) await this.#something();
    return this.#come.shift() ?? this.#last!;
  }

  begin(headers: Readonly<Record<string, string>>): void {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#out = controller;
      },
      cancel: () => this.#over("broken"),
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
    const timer = setTimeout(() => this.#close(), END_PATIENCE_MS);
    void this.#ended().then(() => {
      clearTimeout(timer);
      this.#close();
    });
  }

  abort(): void {
    this.#out?.error(new Error("This is no answer."));
  }

  async #ended(): Promise<void> {
    while (this.#last === null) await this.#something();
  }

  #close(): void {
    try {
      this.#out?.close();
    } catch {
      // It is closed.
    }
  }

  #something(): Promise<void> {
    return new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  async #read(): Promise<void> {
    try {
      for (
        let { done, value } = await this.#reader.read();
        !done;
        { done, value } = await this.#reader.read()
      ) {
        const isShort = this.#lines.push(value!, (line) => this.#come.push({ kind: "line", line }));
        if (!isShort) throw new Error("A line is too long.");
        this.#tell();
      }
      const line = this.#lines.rest();
      if (line.length > 0) this.#come.push({ kind: "line", line });
      this.#over("ended");
    } catch {
      this.#over("broken");
    }
  }

  #over(kind: "ended" | "broken"): void {
    this.#last ??= { kind };
    this.#tell();
  }
}
