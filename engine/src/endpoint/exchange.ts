import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { ANSWER_BYTES_MAX, CONTENT_TYPE_LINES } from "@durable/protocol/wire";
import type { Client, Dispatcher } from "undici";
import type { Clock, Timers } from "../runtime/ports.ts";
import { checkReply, type Expected, type Flaw, headFlaw, idFlaw } from "./check-reply.ts";
import { ConnectError } from "./connect-error.ts";
import type { DispatchResult, NeverArrivedReason } from "./dispatch-result.ts";
import type { Pulse } from "./pulse.ts";
import { type LineTimes, RequestStream, type StreamTerms } from "./request-stream.ts";
import type { SignedRequest } from "./signed-request.ts";

/** How long an exchange may take. Each is a wait for something else; the first to run out ends it. */
export interface Patience {
  /** From the call to the last byte, waiting for a connection included. It also ends a reply that drips. */
  readonly totalMs: number;
  /** From the written request to the reply's headers. */
  readonly firstByteMs: number;
  /** Between two pieces of the reply. */
  readonly idleMs: number;
  /** Until the reply begins, both times above count anew from what is heard here. */
  readonly pulse?: Pulse | undefined;
}

export interface ExchangeParts {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Origin of the app, for sentences. */
  readonly where: string;
  readonly path: string;
  readonly request: SignedRequest;
  readonly expected: Expected;
  readonly patience: Patience;
  /** Where the request's body stays open. */
  readonly stream?: StreamTerms | undefined;
  /** The caller's promise. */
  readonly settle: (result: DispatchResult) => void;
}

/** Who lends the connection and wants it back. */
export interface Lender {
  ended(exchange: Exchange): void;
}

/**
 * One request and what became of it. Undici calls the `on...` methods in order; exactly one of the many ways out
 * settles the caller's promise. Two ends are kept apart on purpose: *settled* (the caller knows the result) and
 * *ended* (undici lets go of the connection). A request whose deadline passes while it waits for a connection
 * settles at once, ends later, and is never written: that is what makes its "never-arrived" true.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly parts: ExchangeParts;
  lender: Lender | null = null;
  /** The connection that carries it; null while it waits for one. */
  client: Client | null = null;
  settled = false;
  /** Ended by the engine in the middle: its connection cannot be used again. */
  hungUp = false;

  readonly #deadlineMs: number;
  #controller: Dispatcher.DispatchController | null = null;
  #sentMs = 0;
  /** The last sign of life that is known of. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #isListening = false;
  /** Nothing was heard when it was asked for. */
  #isSuspect = false;
  #firstByteMs = 0;
  #lastByteMs = 0;
  #status = 0;
  #headers: IncomingHttpHeaders | null = null;
  #maxBytes = ANSWER_BYTES_MAX;
  #bytes = 0;
  /** Nearly every answer comes in one piece; the list is made only for those that do not. */
  #first: Buffer | null = null;
  #pieces: Buffer[] | null = null;
  readonly #stream: RequestStream | null;
  /** The reply comes in lines, while the request is open or after it. */
  #isStreamed = false;
  #cancelLinger: (() => void) | null = null;

  constructor(parts: ExchangeParts) {
    this.parts = parts;
    this.#deadlineMs = parts.clock.monotonicMs() + parts.patience.totalMs;
    this.#stream = parts.stream === undefined ? null : this.#open(parts, parts.stream);
  }

  /** What undici sends. */
  get body(): string | Readable {
    return this.#stream?.body ?? this.parts.request.body;
  }

  #open({ clock, request, expected }: ExchangeParts, terms: StreamTerms): RequestStream {
    return new RequestStream(request.body, {
      signingKeys: terms.signingKeys,
      openMs: terms.openMs,
      take: (json, times, isOpen) => terms.take(json, times, isOpen),
      heldBack: () => terms.heldBack(),
      clock,
      id: request.id,
      replyKeys: expected.replyKeys,
      isSettled: () => this.settled,
      answered: (json, times) => this.#answered(json, times),
      broke: (flaw) => {
        if (!this.settled) this.#break(flaw);
      },
      released: () => this.#released(),
      cut: (why) => {
        if (!this.settled) this.cut(why);
      },
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Throwing is how undici is told not to write it; aborting would cost the healthy connection as well.
    if (this.settled) throw new Error("given up before it was written");
    this.#controller = controller;
    this.#sentMs = this.parts.clock.monotonicMs();
    this.#stream?.began(this.#sentMs);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.settled) return; // after 103 Early Hints and the like the real one follows
    this.#status = status;
    this.#headers = headers;
    this.#firstByteMs = this.#lastByteMs = this.parts.clock.monotonicMs();
    if (status !== 200) this.#maxBytes = PROBLEM_BYTES_MAX;
    this.#isStreamed = status === 200 && this.#stream !== null && isLines(headers);
    // It is answered as if it had been whole, so it may as well be.
    if (!this.#isStreamed) this.#stream?.end();
    const flaw =
      headFlaw(status, headers) ?? (this.#isStreamed ? idFlaw(this.parts.expected, headers) : null);
    if (flaw !== null) this.#break(flaw);
    else if (this.#isStreamed) return;
    else if (Number(headers["content-length"] ?? 0) > this.#maxBytes) this.#tooLarge();
  }

  onResponseData(_: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.settled) return;
    this.#lastByteMs = this.parts.clock.monotonicMs();
    if (this.#isStreamed) {
      this.#stream!.receive(piece);
      return;
    }
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) this.#tooLarge();
    else if (this.#first === null) this.#first = piece;
    else if (this.#pieces === null) this.#pieces = [this.#first, piece];
    else this.#pieces.push(piece);
  }

  onResponseEnd(): void {
    if (!this.settled && this.#isStreamed) this.#stream!.replyEnded();
    else if (!this.settled) this.#finish();
    this.#ended();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: NodeJS.ErrnoException): void {
    if (!this.settled) {
      if (this.#controller !== null) {
        this.#break(lineFlaw(error, this.#status));
      } else {
        const { kind, message } = ConnectError.from(error, this.parts.where);
        this.neverArrived(kind, message);
      }
    }
    this.#ended();
  }

  #ended(): void {
    this.#cancelLinger?.();
    this.lender?.ended(this);
  }

  /** Called every few milliseconds by `Deadlines`. */
  expire(nowMs: number): void {
    const { patience, where } = this.parts;
    if (this.#controller === null) {
      if (nowMs < this.#deadlineMs) return;
      this.neverArrived(
        "connect-timeout",
        `No connection to ${where} was free within ${patience.totalMs} ms.`,
      );
      return;
    }
    const isGivenUp = nowMs === Number.POSITIVE_INFINITY;
    if (!isGivenUp) this.#stream?.look(nowMs);
    const flaw = this.#overdue(nowMs);
    if (flaw === null) return;
    if (patience.pulse === undefined || this.#isAnswering || isGivenUp) this.#break(flaw);
    else if (!this.#isListening) void this.#listen(patience.pulse);
  }

  /**
   * Its time is over, unless it was heard of. Asked for twice: if it is this process that stood still, what was said
   * meanwhile comes in only now.
   */
  async #listen(pulse: Pulse): Promise<void> {
    this.#isListening = true;
    const heardMs = await pulse.lastHeardMs();
    this.#isListening = false;
    if (heardMs !== null) this.#heardMs = heardMs;
    const flaw = this.settled ? null : this.#overdue(this.parts.clock.monotonicMs());
    if (flaw !== null && this.#isSuspect) this.#break(flaw);
    this.#isSuspect = flaw !== null;
  }

  /** Its code is through, and the answer is on its way. */
  get #isAnswering(): boolean {
    return this.#status !== 0 && !this.#isStreamed;
  }

  #overdue(nowMs: number): Flaw | null {
    const { totalMs, firstByteMs, idleMs, pulse } = this.parts.patience;
    if (nowMs >= Math.max(this.#deadlineMs, this.#heardMs + totalMs)) {
      return timeout(`It did not finish its answer within ${totalMs} ms.`);
    }
    if (this.#isAnswering) {
      const isIdle = nowMs >= this.#lastByteMs + idleMs;
      return isIdle
        ? timeout(`It fell silent for ${idleMs} ms after ${this.#bytes} bytes of its answer.`)
        : null;
    }
    const silentMs = nowMs - Math.max(this.#sentMs, this.#heardMs);
    const silenceMs = pulse?.silenceMs ?? Number.POSITIVE_INFINITY;
    if (silentMs >= silenceMs) {
      return { reason: "silent", detail: `Nothing was heard of it for ${silenceMs} ms.` };
    }
    return silentMs >= firstByteMs ? timeout(`It did not begin to answer within ${firstByteMs} ms.`) : null;
  }

  /** Somebody here is no longer interested in the answer. */
  cut(why: string): void {
    if (this.#controller === null) this.neverArrived("hung-up", why);
    else this.#break({ reason: "hung-up", detail: why });
  }

  neverArrived(reason: NeverArrivedReason, detail: string): void {
    this.#settle({ kind: "never-arrived", reason, detail, receivedMs: this.parts.clock.monotonicMs() });
  }

  #finish(): void {
    const { clock, expected } = this.parts;
    const reply = {
      status: this.#status,
      headers: this.#headers ?? {},
      body: this.#pieces !== null ? Buffer.concat(this.#pieces, this.#bytes) : (this.#first ?? NOTHING),
      sentMs: this.#sentMs,
      firstByteMs: this.#firstByteMs,
      receivedMs: clock.monotonicMs(),
    };
    this.#settle(checkReply(expected, reply, clock.epochMs()));
  }

  /** The last line of a stream; its times are those of the turn that it ends. */
  #answered(json: Uint8Array, { sentMs, receivedMs }: LineTimes): void {
    if (this.settled) return;
    this.#settle({ kind: "answer", body: json, sentMs, firstByteMs: receivedMs, receivedMs });
    this.#linger();
  }

  /** Its caller waits for nothing more; the connection is good as soon as the reply has ended. */
  #released(): void {
    if (this.settled) return;
    const detail = "The engine let go of the run before its app had answered.";
    this.#settle({ kind: "broken", reason: "hung-up", detail, ...this.#brokenAt() });
    this.#linger();
  }

  /** Of a reply that ends soon, the connection is good for the next request. */
  #linger(): void {
    this.#cancelLinger = this.parts.timers.after(LINGER_MS, () => this.#hangUp());
  }

  #tooLarge(): void {
    if (this.#status === 200) {
      const bytes = Number(this.#headers?.["content-length"] ?? 0);
      const size = bytes > ANSWER_BYTES_MAX ? `${bytes} bytes, more than the` : "more than the";
      const detail = `Its answer has ${size} ${ANSWER_BYTES_MAX} bytes that are possible. Return a reference to large data instead.`;
      this.#break({ reason: "too-large", detail });
    } else {
      // A refusal stays one however long its error page is; the page is not worth reading.
      this.#first = this.#pieces = null;
      this.#finish();
      this.#hangUp();
    }
  }

  #break(flaw: Flaw): void {
    this.#settle({ kind: "broken", ...flaw, ...this.#brokenAt() });
    this.#hangUp();
  }

  #brokenAt() {
    return {
      status: this.#status || null,
      retryAfterMs: null,
      sentMs: this.#sentMs,
      firstByteMs: this.#status === 0 ? null : this.#firstByteMs,
      receivedMs: this.parts.clock.monotonicMs(),
    };
  }

  /** The rest of the reply is worthless, and a connection with half a reply on it can carry nothing else. */
  #hangUp(): void {
    this.hungUp = true;
    this.#controller?.abort(new Error("hung up"));
  }

  #settle(result: DispatchResult): void {
    this.settled = true;
    this.#first = this.#pieces = null;
    this.parts.settle(result);
  }
}

function timeout(detail: string): Flaw {
  return { reason: "timeout", detail };
}

/** The connection broke after the request was written, so the app may or may not have read it. */
function lineFlaw(error: NodeJS.ErrnoException, status: number): Flaw {
  const code = error.code ?? error.name;
  if (error.name === "HTTPParserError" || code === "UND_ERR_HEADERS_OVERFLOW") {
    return { reason: "malformed-http", detail: `Its reply is not HTTP: ${error.message}` };
  }
  const when = status === 0 ? "before it answered" : "in the middle of its answer";
  return { reason: "reset", detail: `The connection broke ${when}: ${error.message} (${code}).` };
}

function isLines(headers: IncomingHttpHeaders): boolean {
  return headers["content-type"]?.startsWith(CONTENT_TYPE_LINES) === true;
}

/** For the end of a reply whose answer is here. */
const LINGER_MS = 2_000;
const PROBLEM_BYTES_MAX = 64 * 1024;
const NOTHING = Buffer.alloc(0);
