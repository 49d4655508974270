// A request that stays open, as an engine has it: the app's lines are taken one after the other and answered, until the
// last, which is the answer.

import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import {
  ANSWER_BYTES_MAX,
  answerSchema,
  checkpointRequestSchema,
  HEADER_ID,
  LineCutter,
  replyKeyOf,
  type SigningKey,
  signedLine,
  verifiedLine,
  writeJson,
} from "@durable/protocol";
import type { CallbackReply } from "../case.ts";
import type { Tape } from "../tape.ts";
import { excerpt, type Read, readJson, schemaFlaws } from "./read-answer.ts";
import { otherKey } from "./sign-request.ts";

/** What the kit has to say to a checkpoint that comes on the request. */
export type TakeLine = (checkpoint: Record<string, unknown>) => CallbackReply | Promise<CallbackReply>;

export interface StreamRequest {
  readonly url: URL;
  readonly id: string;
  readonly key: SigningKey;
  readonly headers: Readonly<Record<string, string>>;
  /** One line. */
  readonly body: string;
  readonly take: TakeLine;
  /** The body ends with the message, as where a server hands over whole bodies only. */
  readonly isWhole: boolean;
}

/** The app's answer, or what kept it from being one. */
export async function sendOpen(asked: StreamRequest, tape: Tape, patienceMs: number): Promise<Read> {
  const { url, headers, body, isWhole } = asked;
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const request = send(url, { method: "POST", agent: false, headers });
  const timer = setInterval(() => {
    if (performance.now() - Math.max(sentMs, tape.heardMs) > patienceMs)
      request.destroy(new Error("silence"));
  }, patienceMs / 20);
  const sentMs = performance.now();
  try {
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      request.on("response", resolve).on("error", reject);
    });
    if (isWhole) request.end(`${body}\n`);
    else request.write(`${body}\n`);
    return await new Talk(asked, request, tape).with(await response);
  } catch (error) {
    return flawed(`The line to the app broke before its answer was here (${(error as Error).message}).`);
  } finally {
    clearInterval(timer);
    request.destroy();
  }
}

class Talk {
  readonly #asked: StreamRequest;
  readonly #request: ClientRequest;
  readonly #tape: Tape;
  #heard = 0;
  #said = 1;

  constructor(asked: StreamRequest, request: ClientRequest, tape: Tape) {
    this.#asked = asked;
    this.#request = request;
    this.#tape = tape;
  }

  async with(response: IncomingMessage): Promise<Read> {
    const type = response.headers["content-type"]?.split(";", 1)[0];
    if (response.statusCode !== 200 || type !== "application/x-ndjson") {
      return flawed(
        `it should answer 200 with lines (application/x-ndjson), and answered ${response.statusCode} ${type}`,
      );
    }
    if (response.headers[HEADER_ID] !== this.#asked.id) {
      return flawed(
        `${HEADER_ID} should be the request's, ${this.#asked.id}, and is ${response.headers[HEADER_ID]}`,
      );
    }
    const cutter = new LineCutter(ANSWER_BYTES_MAX);
    const lines: Uint8Array[] = [];
    for await (const piece of response) {
      if (!cutter.push(piece as Buffer, (line) => lines.push(line)))
        return flawed("a line of its answer is too long");
      for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
        const end = await this.#take(line);
        if (end !== null) return end;
      }
    }
    return flawed("its answer ended before the line that would have been it");
  }

  /** Null when more is to come. */
  async #take(line: Uint8Array): Promise<Read | null> {
    const { id, key, take } = this.#asked;
    this.#heard += 1;
    const json = verifiedLine([replyKeyOf(key)], id, this.#heard, line);
    this.#tape.heard("<", `line ${this.#heard}`, {}, line);
    if (json === null) {
      return flawed(
        `line ${this.#heard} of its answer is not signed as that line with the reply key: ${excerpt(line)}`,
      );
    }
    const { message, flaws } = readJson(json);
    if (message === undefined) return { message, flaws };
    const { seq, ping } = message as { seq?: unknown; ping?: unknown };
    if (ping === true) return null;
    if (seq === undefined) {
      this.#request.end();
      return { message, flaws: [...flaws, ...schemaFlaws(answerSchema, message)] };
    }
    const wrong = schemaFlaws(checkpointRequestSchema, message);
    if (wrong.length > 0) return { message: undefined, flaws: wrong };
    this.#reply(await take(message as Record<string, unknown>));
    return null;
  }

  #reply(reply: CallbackReply): void {
    if (!("json" in reply)) {
      this.#request.end();
      return;
    }
    const { id, key } = this.#asked;
    this.#said += 1;
    const signedFor = reply.signed === "for another" ? `${id}x` : id;
    const signedWith = reply.signed === "with another secret" ? otherKey() : key;
    const text = signedLine([signedWith], signedFor, this.#said, writeJson(reply.json));
    this.#tape.sent(`line ${this.#said}`, text);
    this.#request.write(reply.signed === "not at all" ? text.slice(text.indexOf("{")) : text);
  }
}

function flawed(flaw: string): Read {
  return { message: undefined, flaws: [flaw] };
}
