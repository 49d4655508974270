import type { IncomingMessage, ServerResponse } from "node:http";
import { isLines } from "../http/check-head.ts";
import { IncomingLines } from "../http/incoming-lines.ts";
import type { OpenRequest, OpenRequestPiece } from "../http/open-request.ts";

/** A request of node:http whose body stays open. */
export class NodeOpenRequest implements OpenRequest {
  readonly #response: ServerResponse;
  readonly #lines = new IncomingLines();

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#response = response;
    request.on("data", (piece: Buffer) => {
      if (this.#lines.isOpen && !this.#lines.push(piece)) request.pause();
    });
    request.on("end", () => this.#lines.end());
    request.on("error", () => this.#lines.over("broken"));
    response.on("close", () => this.#lines.over("broken"));
  }

  /** Null for a request whose body is one message. */
  static of(request: IncomingMessage, response: ServerResponse): NodeOpenRequest | null {
    return isLines(request.headers["content-type"]) ? new NodeOpenRequest(request, response) : null;
  }

  get isOpen(): boolean {
    return this.#lines.isOpen;
  }

  next(): Promise<OpenRequestPiece> {
    return this.#lines.next();
  }

  begin(headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(200, headers);
  }

  write(text: string): void {
    this.#response.write(text);
  }

  end(text: string): void {
    this.#response.write(text);
    this.#lines.whenOver(() => this.#response.end());
  }

  abort(): void {
    this.#response.destroy();
  }
}
