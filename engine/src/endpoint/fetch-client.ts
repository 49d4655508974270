// HTTP calls that the engine makes for a step. They leave through the guarded connector, like every call of the engine.

import { FETCH_RESPONSE_BYTES_MAX } from "@durable/protocol/wire";
import { type buildConnector, Client } from "undici";
import type { Clock, Timers } from "../runtime/ports.ts";
import { ConnectError } from "./connect-error.ts";

export interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
}

/** Every way a call can end. Sentences name the origin and nothing more of the URL: it may hold a secret. */
export type FetchEnd = FetchEndKind & { readonly sentMs: number; readonly receivedMs: number };
type FetchEndKind = FetchResponse | FetchFailed | { readonly kind: "given-up" };

export interface FetchResponse {
  readonly kind: "response";
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface FetchFailed {
  readonly kind: "failed";
  readonly detail: string;
  /** Another attempt would end the same way. */
  readonly isFinal: boolean;
}

export interface FetchClientOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** The guarded one of `connector.ts`. */
  readonly connect: buildConnector.connector;
}

class GivenUp extends Error {}
class TooSlow extends Error {}
class TooLarge extends Error {}

export class FetchClient {
  readonly #options: FetchClientOptions;
  readonly #underWay = new Set<AbortController>();

  constructor(options: FetchClientOptions) {
    this.#options = options;
  }

  /** Never rejects. One connection, closed afterwards: whom user code calls is not known, and nothing is kept for them. */
  async call(request: FetchRequest): Promise<FetchEnd> {
    const { clock, timers } = this.#options;
    const abort = new AbortController();
    const cancel = timers.after(request.timeoutMs, () => abort.abort(new TooSlow()));
    this.#underWay.add(abort);
    const sentMs = clock.monotonicMs();
    try {
      return { ...(await this.#exchange(request, abort.signal)), sentMs, receivedMs: clock.monotonicMs() };
    } finally {
      cancel();
      this.#underWay.delete(abort);
    }
  }

  /** Ends what is under way: a process that must leave hands its tasks to others. */
  giveUp(): void {
    for (const abort of this.#underWay) abort.abort(new GivenUp());
  }

  async #exchange({ url, method, headers, body, timeoutMs }: FetchRequest, signal: AbortSignal) {
    const { origin, pathname, search } = new URL(url);
    const client = new Client(origin, {
      connect: this.#options.connect,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 16 * 1024,
    });
    try {
      const reply = await client.request({
        path: pathname + search,
        method: method as "GET",
        headers: { "accept-encoding": "identity", ...headers },
        body,
        signal,
      });
      return {
        kind: "response" as const,
        status: reply.statusCode,
        headers: flat(reply.headers),
        body: await readAll(reply.body),
      };
    } catch (error) {
      return endOf(signal.aborted ? signal.reason : error, origin, timeoutMs);
    } finally {
      void client.destroy();
    }
  }
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > FETCH_RESPONSE_BYTES_MAX) throw new TooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const one: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) one[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return one;
}

function endOf(error: unknown, origin: string, timeoutMs: number): FetchFailed | { kind: "given-up" } {
  if (error instanceof GivenUp) return { kind: "given-up" };
  if (error instanceof TooSlow) return failed(`${origin} did not answer within ${timeoutMs} ms.`);
  if (error instanceof TooLarge) {
    return failed(`${origin} answered with more than ${FETCH_RESPONSE_BYTES_MAX / 1024 / 1024} MiB.`, true);
  }
  if (error instanceof ConnectError) return failed(error.message, error.kind === "unsafe-address");
  const { code, message } = error as NodeJS.ErrnoException;
  // What undici refuses before anything is sent, such as a header that is its own to write.
  const isRefused = code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED";
  if (isRefused) return failed(`The call to ${origin} cannot be sent: ${message}.`, true);
  return failed(`The call to ${origin} broke: ${message}${code ? ` (${code})` : ""}.`);
}

function failed(detail: string, isFinal = false): FetchFailed {
  return { kind: "failed", detail, isFinal };
}
