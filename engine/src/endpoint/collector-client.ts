// The way to a collector of spans. The operator names it, in the engine's own configuration, and mostly it stands on the same machine
// or in the same private network: the guard, which is there for addresses that apps and user code name, is not asked.

import { Client } from "undici";
import type { Timers } from "../runtime/ports.ts";
import { excerpt } from "./excerpt.ts";

export interface Collector {
  /** Where traces are posted, whole. */
  readonly url: string;
  /** May hold a secret: never logged, as the path of the URL is not. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What came of a request. Sentences name the origin and nothing more of the URL. */
export type CollectorEnd =
  /** It has it, but for so many spans, which it will never take: why. */
  | { readonly kind: "taken"; readonly rejected: number; readonly detail: string }
  /** It will not take this request, however often it comes. */
  | { readonly kind: "refused"; readonly detail: string }
  /** It may take it later. */
  | { readonly kind: "failed"; readonly detail: string; readonly retryAfterMs: number };

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const RETRY_AFTER_MS_MAX = 300_000;
/** What is wrong with the request itself. A wrong token or path is mended by people, and what waits meanwhile is not lost. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);

export class CollectorClient {
  readonly #path: string;
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timers: Timers;
  readonly #client: Client;
  readonly #stopped = new AbortController();

  constructor({ url, headers }: Collector, timers: Timers) {
    const { origin, pathname, search } = new URL(url);
    this.#origin = origin;
    this.#path = pathname + search;
    this.#headers = headers;
    this.#timers = timers;
    this.#client = new Client(origin, { headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Never rejects. */
  async send(body: string): Promise<CollectorEnd> {
    const tooSlow = new AbortController();
    const cancel = this.#timers.after(TIMEOUT_MS, () => tooSlow.abort());
    try {
      const reply = await this.#client.request({
        method: "POST",
        path: this.#path,
        headers: { ...this.#headers, "content-type": "application/json" },
        body,
        signal: AbortSignal.any([tooSlow.signal, this.#stopped.signal]),
      });
      const answer = await readSome(reply.body);
      if (reply.statusCode >= 200 && reply.statusCode < 300) return { kind: "taken", ...partialOf(answer) };
      const detail = `${this.#origin} answered ${reply.statusCode}: ${excerpt(answer)}`;
      if (REFUSED.has(reply.statusCode)) return { kind: "refused", detail };
      return { kind: "failed", detail, retryAfterMs: retryAfterMs(reply.headers["retry-after"]) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = tooSlow.signal.aborted ? `no answer within ${TIMEOUT_MS} ms` : (code ?? message);
      return { kind: "failed", detail: `${this.#origin} cannot be reached: ${why}`, retryAfterMs: 0 };
    } finally {
      cancel();
    }
  }

  /** Ends what is under way, and all that comes after it. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#client.destroy();
  }
}

async function readSome(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length > ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** `partialSuccess` of an ExportTraceServiceResponse. Who answers with anything else has taken all. */
function partialOf(answer: string): { readonly rejected: number; readonly detail: string } {
  try {
    const { partialSuccess } = JSON.parse(answer) as {
      partialSuccess?: { rejectedSpans?: string | number; errorMessage?: string };
    };
    const rejected = Number(partialSuccess?.rejectedSpans) || 0;
    return {
      rejected: Math.max(rejected, 0),
      detail: excerpt(String(partialSuccess?.errorMessage ?? "")),
    };
  } catch {
    return { rejected: 0, detail: "" };
  }
}

function retryAfterMs(header: string | string[] | undefined): number {
  const seconds = Number(header);
  return seconds > 0 ? Math.min(seconds * 1_000, RETRY_AFTER_MS_MAX) : 0;
}
