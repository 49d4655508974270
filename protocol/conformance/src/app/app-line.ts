import {
  CONTENT_TYPE_JSON,
  CONTENT_TYPE_LINES,
  HEADER_PROTOCOL,
  type SigningKey,
  writeJson,
} from "@durable/protocol/wire";
import type { Signing } from "../case.ts";
import type { Tape } from "../tape.ts";
import { type HttpAnswer, PATIENCE_MS, sendHttp } from "./http-line.ts";
import { type Asked, type Read, readSigned } from "./read-answer.ts";
import { signRequest } from "./sign-request.ts";
import { sendOpen, type TakeLine } from "./stream-line.ts";

export interface AppRequest {
  readonly body: string | Uint8Array;
  readonly method?: string | undefined;
  /** Over the usual ones; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined;
  readonly signing?: Signing | undefined;
}

export interface AppAnswer extends HttpAnswer {
  /** `webhook-id` of the request. */
  readonly id: string;
}

/** The app under test, as an engine calls it. */
export class AppLine {
  readonly #url: URL;
  readonly #key: SigningKey;
  readonly #patienceMs: number;
  #count = 0;

  constructor(url: URL, key: SigningKey, patienceMs: number = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
    this.#url = url;
    this.#key = key;
  }

  /** @throws Error with a sentence when there is no answer. */
  async send(request: AppRequest, tape: Tape): Promise<AppAnswer> {
    const { body, method = "POST", signing } = request;
    const signed = signRequest(this.#key, this.#nextId(), body, signing);
    const usual: Record<string, string | null> = { ...USUAL, ...signed.headers, ...request.headers };
    const headers = withoutNulls(usual);
    tape.sent(method, body);
    const answer = await sendHttp(this.#url, { method, headers, body }, () => tape.heardMs, this.#patienceMs);
    tape.heard("<", String(answer.status), answer.headers, answer.body);
    return { ...answer, id: signed.id };
  }

  /** A message on a request that stays open, and its answer, read as strictly. */
  async sendOpen(body: string, tape: Tape, take: TakeLine, isWhole = false): Promise<Read> {
    const { id, headers: marks } = signRequest(this.#key, this.#nextId(), body);
    const headers = { ...USUAL, ...marks, "content-type": CONTENT_TYPE_LINES };
    tape.sent("POST", body);
    const [url, key] = [this.#url, this.#key];
    return sendOpen({ url, id, key, headers, body, take, isWhole }, tape, this.#patienceMs);
  }

  #nextId(): string {
    this.#count += 1;
    return `kit_${process.pid}_${this.#count}`;
  }

  /** A message that is signed well, and its answer read strictly. */
  async ask(message: { readonly type: Asked } & Record<string, unknown>, tape: Tape): Promise<Read> {
    const answer = await this.send({ body: writeJson(message) }, tape);
    return this.read(message.type, answer);
  }

  read(asked: Asked, answer: AppAnswer): Read {
    return readSigned(asked, answer.id, this.#key, answer);
  }
}

const USUAL: Readonly<Record<string, string>> = {
  "content-type": CONTENT_TYPE_JSON,
  accept: CONTENT_TYPE_JSON,
  "accept-encoding": "identity",
  "user-agent": "durable-conformance/1",
  [HEADER_PROTOCOL]: "1",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

function withoutNulls(headers: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((each): each is [string, string] => each[1] !== null),
  );
}
