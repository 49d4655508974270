import {
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  HEADER_TRACEPARENT,
  PROTOCOL_VERSION,
  type SigningKey,
  sign,
} from "@durable/protocol/wire";
import { engineUrl } from "./dev-mode.ts";
import { createKeySource, type KeySource, ownKeys, type SecretOption } from "./http/secrets.ts";
import { environment } from "./runtime/environment.ts";

export interface ConnectionOptions {
  /** Of the engine; default `DURABLE_URL`, else http://localhost:4400. */
  readonly url?: string;
  /** Default `DURABLE_SECRET`; what is sent is signed with it. */
  readonly secret?: SecretOption;
  /** A key that can only send; default `DURABLE_EVENT_KEY`. Used instead of signing. */
  readonly eventKey?: string;
}

/** The engine could not be reached or said no. `status` is the HTTP status, undefined when there was no answer. */
export class DurableRequestError extends Error {
  override readonly name: string = "DurableRequestError";
  readonly status: number | undefined;
  /** The problem's code, each with a page in `docs/errors`; undefined when there was no answer. */
  readonly code: string | undefined;
  /** What exactly was wrong with the request, where the engine says it. */
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  /** Milliseconds, when the engine asked for patience. */
  retryAfterMs?: number;

  constructor(
    message: string,
    options: ErrorOptions & {
      status?: number;
      code?: string;
      errors?: readonly { readonly pointer: string; readonly detail: string }[];
    } = {},
  ) {
    super(message, options);
    this.status = options.status;
    this.code = options.code;
    this.errors = options.errors ?? [];
  }
}

export interface Post {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** W3C Trace Context, of whoever asks for it. */
  readonly traceparent?: string | undefined;
  /** An event key is good for sending events and nothing else. */
  readonly mayUseEventKey: boolean;
  /** Sent again after a broken line or a 503: only what may arrive twice. */
  readonly isRepeatable: boolean;
}

const TRIES = 5;

/** Signed requests to the engine, tried again where that is safe. */
export class EngineConnection {
  readonly #options: ConnectionOptions;
  readonly #keys: KeySource;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#keys = createKeySource(options.secret);
  }

  async post({ path, query, body, traceparent, mayUseEventKey, isRepeatable }: Post): Promise<unknown> {
    const base = this.#url();
    const url = new URL(base + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    let failure: DurableRequestError | undefined;
    for (let attempt = 1; attempt <= (isRepeatable ? TRIES : 1); attempt += 1) {
      if (failure !== undefined) await pause(attempt, failure);
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: {
          ...(await this.#headers(body, mayUseEventKey)),
          ...(traceparent !== undefined && { [HEADER_TRACEPARENT]: traceparent }),
        },
        // What was signed is sent nowhere else.
        redirect: "manual",
      }).catch((error: unknown) => {
        failure = new DurableRequestError(
          `The engine does not answer at ${base} (${reasonOf(error)}). Is it running? In development: npx @durable/engine dev`,
          { cause: error },
        );
      });
      if (!response) continue;
      if (response.ok) return response.json();
      failure = await failureOf(base, response);
      if (response.status !== 503 && response.status !== 429) break;
    }
    throw failure;
  }

  /** Where people outside reach the engine. */
  publicUrl(): string {
    return environment("DURABLE_PUBLIC_URL")?.replace(/\/$/, "") ?? this.#url();
  }

  /** What is given away is sealed with it; null without a secret. */
  async sealingSecret(): Promise<SigningKey | null> {
    return (await ownKeys(this.#keys))?.request ?? null;
  }

  #url(): string {
    return (this.#options.url ?? engineUrl()).replace(/\/$/, "");
  }

  async #headers(body: string, mayUseEventKey: boolean): Promise<Record<string, string>> {
    const common = { "content-type": "application/json", [HEADER_PROTOCOL]: String(PROTOCOL_VERSION) };
    const eventKey = this.#options.eventKey ?? environment("DURABLE_EVENT_KEY");
    if (mayUseEventKey && eventKey !== undefined) return { ...common, authorization: `Bearer ${eventKey}` };
    const keys = await ownKeys(this.#keys);
    if (keys === null) return common;
    const id = `snd_${globalThis.crypto.randomUUID()}`;
    const timestampS = Math.floor(Date.now() / 1000);
    const signature = sign(keys.reply, id, timestampS, body);
    return {
      ...common,
      [HEADER_ID]: id,
      [HEADER_TIMESTAMP]: String(timestampS),
      [HEADER_SIGNATURE]: signature,
    };
  }
}

async function failureOf(base: string, response: Response): Promise<DurableRequestError> {
  const problem = (await response.json().catch(() => ({}))) as {
    title?: string;
    detail?: string;
    code?: string;
    errors?: readonly { readonly pointer: string; readonly detail: string }[];
  };
  const target = response.headers.get("location");
  const what =
    target === null
      ? [problem.title, problem.detail].filter(Boolean).join(": ") || "It gives no reason."
      : `${base} leads to ${target}; name the engine's own address (DURABLE_URL).`;
  const error: DurableRequestError = new DurableRequestError(
    `The engine answered ${response.status}. ${what}`,
    {
      status: response.status,
      ...(problem.code === undefined ? {} : { code: problem.code }),
      ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    },
  );
  const seconds = Number(response.headers.get("retry-after"));
  if (seconds > 0) error.retryAfterMs = Math.min(seconds, 5) * 1000;
  return error;
}

function pause(attempt: number, failure: { retryAfterMs?: number }): Promise<void> {
  const ms = failure.retryAfterMs ?? 100 * 2 ** attempt * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
