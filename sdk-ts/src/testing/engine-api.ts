import { writeJson } from "@durable/protocol/wire";
import { DurableRequestError } from "../engine-connection.ts";
import type { Bench } from "./bench.ts";

/** The engine's API as a test needs it: nothing is signed, and an engine that died meanwhile is asked again. */
export class EngineApi {
  readonly #bench: Bench;
  readonly #healed: () => Promise<void>;
  readonly #path: string;

  constructor(bench: Bench, healed: () => Promise<void>, app: string) {
    this.#bench = bench;
    this.#healed = healed;
    this.#path = `/v1/apps/${encodeURIComponent(app)}/dev`;
  }

  get<Answer>(path: string): Promise<Answer> {
    return this.#ask<Answer>("GET", this.#path + path);
  }

  /** Only what may arrive twice. */
  post<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.#ask<Answer>("POST", path.startsWith("/v1/") ? path : this.#path + path, writeJson(body));
  }

  put<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.#ask<Answer>("PUT", this.#path + path, writeJson(body));
  }

  async #ask<Answer>(method: string, path: string, body?: string): Promise<Answer> {
    for (;;) {
      await this.#healed();
      const { url } = this.#bench;
      const init = {
        method,
        ...(body !== undefined && { body, headers: { "content-type": "application/json" } }),
      };
      let response: Response;
      let text: string;
      try {
        response = await fetch(url + path, init);
        text = await response.text();
      } catch (error) {
        await this.#healed();
        if (this.#bench.url === url) throw error;
        continue;
      }
      if (response.ok) return JSON.parse(text) as Answer;
      await this.#healed();
      if (this.#bench.url === url) throw refusal(response.status, text);
    }
  }
}

function refusal(status: number, text: string): DurableRequestError {
  const problem = readProblem(text);
  const why = [problem.title, problem.detail].filter(Boolean).join(": ") || text;
  return new DurableRequestError(`The engine answered ${status}. ${why}`, { status, ...problem });
}

function readProblem(text: string): {
  title?: string;
  detail?: string;
  code?: string;
  errors?: readonly { readonly pointer: string; readonly detail: string }[];
} {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
