import {
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  PROTOCOL_VERSION,
  sign,
  writeJson,
} from "@durable/protocol/wire";
import { engineUrl } from "./dev-mode.ts";
import type { EventToSend } from "./event.ts";
import { eventOnWire } from "./event-on-wire.ts";
import { createKeySource, type KeySource, ownKey, type SecretOption } from "./http/secrets.ts";
import { environment } from "./runtime/environment.ts";

export interface DurableOptions {
  /** The app's name; default `DURABLE_APP`. */
  readonly app?: string;
  /** The environment; default `DURABLE_ENV`, else `dev`. */
  readonly env?: string;
  /** Of the engine; default `DURABLE_URL`, else http://localhost:4400. */
  readonly url?: string;
  /** Default `DURABLE_SECRET`; what is sent is signed with it. */
  readonly secret?: SecretOption;
  /** A key that can only send; default `DURABLE_EVENT_KEY`. Used instead of signing. */
  readonly eventKey?: string;
}

export interface SentEvents {
  readonly ids: string[];
  /** The runs they started. */
  readonly runs: { event: string; function: string; run: string }[];
}

/** The engine could not be reached or said no. `status` is the HTTP status, undefined when there was no answer. */
export class DurableRequestError extends Error {
  override readonly name: string = "DurableRequestError";
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** When the engine asked for patience. */
  retryAfterMs?: number;

  constructor(message: string, options: ErrorOptions & { status?: number; code?: string } = {}) {
    super(message, options);
    this.status = options.status;
    this.code = options.code;
  }
}

const TRIES = 5;

/** The way from an app to the engine: `new Durable({ app: "shop" }).send({ name, data })`. */
export class Durable {
  readonly #options: DurableOptions;
  readonly #keys: KeySource;

  constructor(options: DurableOptions = {}) {
    this.#options = options;
    this.#keys = createKeySource(options.secret);
  }

  /**
   * Sends events, all or none; resolves when they are on the engine's disk. Every event gets an id unless it has one,
   * so that the repetitions after a broken line or a 503 (5 tries within about 5 s) cannot double it.
   */
  async send(events: EventToSend | readonly EventToSend[]): Promise<SentEvents> {
    const list = Array.isArray(events) ? (events as readonly EventToSend[]) : [events as EventToSend];
    const body = writeJson(
      list.map((event) => eventOnWire("send", { ...event, id: event.id ?? globalThis.crypto.randomUUID() })),
    );
    return (await this.#post("/v1/events", body)) as SentEvents;
  }

  async #post(path: string, body: string): Promise<unknown> {
    const base = (this.#options.url ?? engineUrl()).replace(/\/$/, "");
    const url = new URL(base + path);
    const app = this.#options.app ?? environment("DURABLE_APP");
    if (app !== undefined) url.searchParams.set("app", app);
    url.searchParams.set("env", this.#options.env ?? environment("DURABLE_ENV") ?? "dev");
    let failure: DurableRequestError | undefined;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      if (failure !== undefined) await pause(attempt, failure);
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: await this.#headers(body),
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

  async #headers(body: string): Promise<Record<string, string>> {
    const common = { "content-type": "application/json", [HEADER_PROTOCOL]: String(PROTOCOL_VERSION) };
    const eventKey = this.#options.eventKey ?? environment("DURABLE_EVENT_KEY");
    if (eventKey !== undefined) return { ...common, authorization: `Bearer ${eventKey}` };
    const key = await ownKey(this.#keys);
    if (key === null) return common;
    const id = `snd_${globalThis.crypto.randomUUID()}`;
    const timestampS = Math.floor(Date.now() / 1000);
    const signature = sign(key, id, timestampS, body);
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
