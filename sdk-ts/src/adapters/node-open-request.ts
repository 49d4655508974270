import type { IncomingMessage, ServerResponse } from "node:http";
import { LineCutter, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { isLines } from "../http/check-head.ts";
import type { OpenRequest, OpenRequestPiece } from "../http/open-request.ts";

/** How long the answer waits for the request to end before it. */
const END_PATIENCE_MS = 1_000;
const ENDED: OpenRequestPiece = { kind: "ended" };
const BROKEN: OpenRequestPiece = { kind: "broken" };

/** A request of node:http whose body stays open. */
export class NodeOpenRequest implements OpenRequest {
  readonly #response: ServerResponse;
  readonly #lines = new LineCutter(REQUEST_BYTES_MAX);
  readonly #come: OpenRequestPiece[] = [];
  #awaiting: ((piece: OpenRequestPiece) => void) | null = null;
  /** What there will be when all lines are read. */
  #last: OpenRequestPiece | null = null;
  #tellOver: (() => void) | null = null;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#response = response;
    request.on("data", (piece: Buffer) => {
      if (this.#last === null && !this.#lines.push(piece, (line) => this.#came({ kind: "line", line }))) {
        request.pause();
        this.#over(BROKEN);
      }
    });
    request.on("end", () => {
      const line = this.#lines.rest();
      if (line.length > 0) this.#came({ kind: "line", line });
      this.#over(ENDED);
    });
    request.on("error", () => this.#over(BROKEN));
    response.on("close", () => this.#over(BROKEN));
  }

  /** Null for a request whose body is one message. */
  static of(request: IncomingMessage, response: ServerResponse): NodeOpenRequest | null {
    return isLines(request.headers["content-type"]) ? new NodeOpenRequest(request, response) : null;
  }

  get isOpen(): boolean {
    return this.#last === null;
  }

  next(): Promise<OpenRequestPiece> {
    const piece = this.#come.shift() ?? this.#last;
    if (piece !== null) return Promise.resolve(piece);
    return new Promise((resolve) => {
      this.#awaiting = resolve;
    });
  }

  begin(headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(200, headers);
  }

  write(text: string): void {
    this.#response.write(text);
  }

  end(text: string): void {
    const response = this.#response;
    if (this.#last !== null) {
      response.end(text);
      return;
    }
    response.write(text);
    const timer = setTimeout(() => response.end(), END_PATIENCE_MS);
    this.#tellOver = () => {
      clearTimeout(timer);
      response.end();
    };
  }

  abort(): void {
    this.#response.destroy();
  }

  #came(piece: OpenRequestPiece): void {
    const awaiting = this.#awaiting;
    this.#awaiting = null;
    if (awaiting === null) this.#come.push(piece);
    else awaiting(piece);
  }

  #over(last: OpenRequestPiece): void {
    if (this.#last !== null) return;
    this.#last = last;
    this.#awaiting?.(last);
    this.#awaiting = null;
    this.#tellOver?.();
  }
}
