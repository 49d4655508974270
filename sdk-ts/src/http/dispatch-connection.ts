import {
  CONTENT_TYPE_JSON,
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  isTimestampInTolerance,
  PROTOCOL_VERSION,
  parseTimestampS,
  sign,
  verify,
} from "@durable/protocol/wire";
import { monotonicMs, unixSeconds } from "../runtime/clock.ts";
import type { KeyPair } from "./secrets.ts";

/** What became of a request to the engine. */
export type EngineReply =
  /** Signed by the engine for this very request, unless it was asked for something that need not be. */
  | { readonly kind: "answer"; readonly body: Uint8Array }
  | { readonly kind: "problem"; readonly status: number; readonly code: string }
  /** No answer that can be believed. It may have arrived all the same. */
  | { readonly kind: "silence" };

const TRY_MS = 10_000;
/** After it did not answer at all: every dispatch would wait for it otherwise. */
const LEFT_ALONE_MS = 30_000;
const PAUSES_MS = [100, 400, 1_600, 3_200];

const silentUntilMs = new Map<string, number>();

/** Engines that are left alone are called again: for tests, which need not wait that long. */
export function leaveNobodyAlone(): void {
  silentUntilMs.clear();
}

/**
 * The way from a dispatch back to the engine. The address is the one that the app was configured with, never one out
 * of a message; the secret is the one that verified the dispatch, so the engine surely has it.
 */
export class DispatchConnection {
  readonly #root: string;
  readonly #keys: KeyPair;

  constructor(root: string, keys: KeyPair) {
    this.#root = root;
    this.#keys = keys;
  }

  static to(url: string, app: string, environment: string, keys: KeyPair): DispatchConnection {
    const base = url.replace(/\/$/, "");
    return new DispatchConnection(`${base}/v1/apps/${app}/${encodeURIComponent(environment)}`, keys);
  }

  /** Whether it did not answer a moment ago, so that nobody should wait for it. */
  get isLeftAlone(): boolean {
    const untilMs = silentUntilMs.get(this.#base);
    return untilMs !== undefined && monotonicMs() < untilMs;
  }

  /** Leaves the engine alone for a while, in all dispatches of this process. */
  giveUp(): void {
    silentUntilMs.set(this.#base, monotonicMs() + LEFT_ALONE_MS);
  }

  get #base(): string {
    return this.#root.slice(0, this.#root.indexOf("/v1/apps/"));
  }

  /** `isSigned` false: whoever asks has another way to tell what to believe. */
  async post(path: string, body: string, { isSigned = true } = {}): Promise<EngineReply> {
    const id = `app_${globalThis.crypto.randomUUID()}`;
    const timestampS = unixSeconds();
    try {
      const response = await fetch(this.#root + path, {
        method: "POST",
        body,
        headers: {
          "content-type": CONTENT_TYPE_JSON,
          [HEADER_PROTOCOL]: String(PROTOCOL_VERSION),
          [HEADER_ID]: id,
          [HEADER_TIMESTAMP]: String(timestampS),
          [HEADER_SIGNATURE]: sign(this.#keys.reply, id, timestampS, body),
        },
        // What was signed is sent nowhere else.
        redirect: "manual",
        signal: AbortSignal.timeout(TRY_MS),
      });
      if (response.status === 200 && !isSigned) return { kind: "answer", body: await bytesOf(response) };
      if (response.status === 200) return await this.#believe(id, response);
      if (response.status >= 500 || response.status === 429) return SILENCE;
      return { kind: "problem", status: response.status, code: await codeOf(response) };
    } catch {
      return SILENCE;
    }
  }

  /**
   * The very same body again while no answer comes, for questions that may be asked twice: a line that has worked may
   * have broken for a moment, because the engine is being replaced or the database restarts.
   */
  async insist(
    path: string,
    body: string,
    options: { readonly isSigned?: boolean } = {},
  ): Promise<EngineReply> {
    for (const ms of PAUSES_MS) {
      const reply = await this.post(path, body, options);
      if (reply.kind !== "silence") return reply;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    return this.post(path, body, options);
  }

  async #believe(id: string, response: Response): Promise<EngineReply> {
    const body = await bytesOf(response);
    const timestampS = parseTimestampS(response.headers.get(HEADER_TIMESTAMP) ?? "");
    const signature = response.headers.get(HEADER_SIGNATURE);
    if (timestampS === null || signature === null || response.headers.get(HEADER_ID) !== id) return SILENCE;
    if (!isTimestampInTolerance(timestampS, unixSeconds())) return SILENCE;
    return verify([this.#keys.request], id, timestampS, body, signature) ? { kind: "answer", body } : SILENCE;
  }
}

const SILENCE: EngineReply = { kind: "silence" };

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

async function codeOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { code?: unknown } | null;
  return typeof problem?.code === "string" ? problem.code : "";
}
