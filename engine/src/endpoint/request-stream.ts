import { Readable } from "node:stream";
import {
  ANSWER_BYTES_MAX,
  LineCutter,
  type SigningKey,
  signedLine,
  verifiedLine,
} from "@durable/protocol/wire";
import type { Clock } from "../runtime/ports.ts";
import type { Flaw } from "./check-reply.ts";

/** What is to be done about a line of the app. */
export type LineEnd =
  /** It is the answer: the exchange is over. */
  | { readonly kind: "answer" }
  /** It says only that the app is there. */
  | { readonly kind: "alive" }
  /** It is on disk; the app goes on with this. */
  | { readonly kind: "taken"; readonly reply: string }
  /** It is not taken, and neither is what comes after it: the answer says the same. */
  | { readonly kind: "closed" }
  /** Nobody here works for this dispatch any more: whatever else comes is read and forgotten. */
  | { readonly kind: "released" }
  /** The same, and code may be running there for nothing: the connection is cut. */
  | { readonly kind: "over"; readonly why: string };

/** Monotonic: when the app was last told something, and when it said this. */
export interface LineTimes {
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** What a dispatch wants of a request that stays open. */
export interface StreamTerms {
  /** All in force: what is said on the stream is signed with each. */
  readonly signingKeys: readonly SigningKey[];
  /** From so long after the request on no line is answered any more. */
  readonly openMs: number;
  /** `isOpen` false: what is no answer comes too late. Never called twice at once. Never rejects. */
  take(json: Uint8Array, times: LineTimes, isOpen: boolean): Promise<LineEnd>;
  /** Nothing of the answer came although an app says soon that it is there: what lies between holds one or the other back. */
  heldBack(): void;
}

export interface StreamParts extends StreamTerms {
  readonly clock: Clock;
  /** Of the request. */
  readonly id: string;
  readonly replyKeys: readonly SigningKey[];
  /** Nobody waits for what comes of it any more. */
  isSettled(): boolean;
  answered(json: Uint8Array, times: LineTimes): void;
  broke(flaw: Flaw): void;
  released(): void;
  cut(why: string): void;
}

/** An app that has nothing to tell says after a quarter of this that it is there. */
const HEARD_WITHIN_MS = 1_000;

/**
 * A request whose body stays open, and the lines that come back meanwhile. They are taken one after the other; each is
 * answered before the next is looked at.
 */
export class RequestStream {
  readonly body = new Readable({ read() {} });
  readonly #parts: StreamParts;
  readonly #cutter = new LineCutter(ANSWER_BYTES_MAX);
  readonly #waiting: Uint8Array[] = [];
  #isTaking = false;
  #isOpen = true;
  /** The body ends once the line that is being taken is answered. */
  #isEnding = false;
  #isSuspect = false;
  #hasReplyEnded = false;
  #beganMs = 0;
  #sentMs = 0;
  #heard = 0;
  /** The request was the first. */
  #said = 1;

  /** @param message One line. */
  constructor(message: string, parts: StreamParts) {
    this.#parts = parts;
    // Whoever carries it tells what becomes of it; it must not bring the process down.
    this.body.on("error", () => {});
    this.body.push(`${message}\n`);
  }

  began(nowMs: number): void {
    this.#beganMs = this.#sentMs = nowMs;
  }

  /** A piece of the reply. */
  receive(piece: Uint8Array): void {
    if (!this.#cutter.push(piece, (line) => this.#waiting.push(line))) {
      const detail = `A line of its answer has more than the ${ANSWER_BYTES_MAX} bytes that are possible. Return a reference to large data instead.`;
      this.#parts.broke({ reason: "too-large", detail });
    } else if (!this.#isTaking && this.#waiting.length > 0) void this.#takeAll();
  }

  /** The reply is over: what has come of it is still taken. */
  replyEnded(): void {
    this.#hasReplyEnded = true;
    if (!this.#isTaking) this.#parts.broke(NO_ANSWER);
  }

  /** Called every few milliseconds. */
  look(nowMs: number): void {
    if (!this.#isOpen || this.#beganMs === 0) return;
    if (nowMs >= this.#beganMs + this.#parts.openMs) this.end();
    else if (this.#heard === 0 && nowMs >= this.#beganMs + HEARD_WITHIN_MS) {
      // Asked for twice: if it is this process that stood still, what came meanwhile is read only now.
      if (this.#isSuspect) {
        this.#parts.heldBack();
        this.end();
      }
      this.#isSuspect = true;
    }
  }

  /** No line is answered any more. */
  end(): void {
    this.#isEnding = true;
    if (this.#isTaking || !this.#isOpen) return;
    this.#isOpen = false;
    this.body.push(null);
  }

  async #takeAll(): Promise<void> {
    this.#isTaking = true;
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      if (this.#parts.isSettled() || !(await this.#take(line))) this.#waiting.length = 0;
    }
    this.#isTaking = false;
    if (this.#isEnding) this.end();
    if (this.#hasReplyEnded) this.#parts.broke(NO_ANSWER);
  }

  /** @returns whether another line may come. */
  async #take(line: Uint8Array): Promise<boolean> {
    const parts = this.#parts;
    this.#heard += 1;
    const json = verifiedLine(parts.replyKeys, parts.id, this.#heard, line);
    if (json === null) {
      parts.broke({ reason: "bad-signature", detail: badLine(this.#heard) });
      return false;
    }
    const times = { sentMs: this.#sentMs, receivedMs: parts.clock.monotonicMs() };
    const end = await parts.take(json, times, this.#isOpen);
    switch (end.kind) {
      case "answer":
        this.#isEnding = true;
        parts.answered(json, times);
        return false;
      case "alive":
        return true;
      case "taken":
        this.#say(end.reply);
        return true;
      case "closed":
        this.#isEnding = true;
        return true;
      case "released":
        this.#isEnding = true;
        parts.released();
        return false;
      case "over":
        this.#isEnding = true;
        parts.cut(end.why);
        return false;
    }
  }

  #say(json: string): void {
    if (!this.#isOpen) return;
    const { signingKeys, id, clock } = this.#parts;
    this.#said += 1;
    this.#sentMs = clock.monotonicMs();
    this.body.push(signedLine(signingKeys, id, this.#said, json));
  }
}

const NO_ANSWER: Flaw = {
  reason: "reset",
  detail: "It ended its answer before the line that would have been it.",
};

function badLine(number: number): string {
  return `Line ${number} of its answer is not signed as that line of this answer with a secret this workspace has. Compare DURABLE_SECRET of the app with the workspace's signing secrets.`;
}
