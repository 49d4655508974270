import {
  CONTENT_TYPE_LINES,
  HEADER_ID,
  HEADER_PROTOCOL,
  PROTOCOL_VERSION,
  signedLine,
  verifiedLine,
} from "@durable/protocol/wire";
import type { Authentic } from "./authenticate.ts";
import type { OpenRequest } from "./open-request.ts";

/** What the engine says to a line of ours. */
export type StreamReply =
  | { readonly kind: "line"; readonly json: Uint8Array }
  /** It takes no more lines but the answer. */
  | { readonly kind: "ended" }
  /** It is gone, or what came is not signed by it. */
  | { readonly kind: "broken" };

/** Where nothing is said for so long, a word tells that what lies between passes it on. */
const FIRST_PING_MS = 250;
const PING_MS = 15_000;
const PING = '{"ping":true}';

/** An answer that comes line by line while its request is still open: each line signed, and those of the engine verified. */
export class AnswerStream {
  readonly #open: OpenRequest;
  readonly #authentic: Authentic;
  #said = 0;
  /** The request itself was the first. */
  #heard = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(open: OpenRequest, authentic: Authentic) {
    this.#open = open;
    this.#authentic = authentic;
  }

  /** Whether the engine still answers lines. */
  get isOpen(): boolean {
    return this.#open.isOpen;
  }

  get hasBegun(): boolean {
    return this.#said > 0;
  }

  /** Says from time to time that it is there, until the end. */
  stayHeard(ms = FIRST_PING_MS): void {
    this.#timer = setTimeout(() => {
      this.#say(PING);
      this.stayHeard(PING_MS);
    }, ms);
  }

  /** Never two at once. */
  async ask(json: string): Promise<StreamReply> {
    this.#say(json);
    const piece = await this.#open.next();
    if (piece.kind !== "line") return piece;
    this.#heard += 1;
    const { id, keys } = this.#authentic;
    const verified = verifiedLine([keys.request], id, this.#heard, piece.line);
    return verified === null ? { kind: "broken" } : { kind: "line", json: verified };
  }

  end(json: string): void {
    clearTimeout(this.#timer);
    this.#begin();
    this.#open.end(this.#line(json));
  }

  abort(): void {
    clearTimeout(this.#timer);
    this.#open.abort();
  }

  #say(json: string): void {
    this.#begin();
    this.#open.write(this.#line(json));
  }

  #begin(): void {
    if (this.#said > 0) return;
    this.#open.begin({
      "content-type": CONTENT_TYPE_LINES,
      "cache-control": "no-store, no-transform",
      // What nginx holds back otherwise.
      "x-accel-buffering": "no",
      [HEADER_PROTOCOL]: String(PROTOCOL_VERSION),
      [HEADER_ID]: this.#authentic.id,
    });
  }

  #line(json: string): string {
    const { id, keys } = this.#authentic;
    this.#said += 1;
    return signedLine([keys.reply], id, this.#said, json);
  }
}
