import type { AnswerOf, Operation } from "../http/contract/table.ts";
import { CliError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { codeOf } from "./report-error.ts";

export interface Workspace {
  readonly app: string;
  readonly environment: string;
}

export interface ClientEvent {
  readonly name: string;
  readonly data?: unknown;
  readonly id?: string;
}

const ANSWER_MS = 30_000;

/** The engine's API as the command line uses it. Whatever goes wrong is a CliError with the engine's own sentence. */
export class Api {
  readonly url: string;
  readonly #token: string | null;

  constructor(url: string, token: string | null) {
    this.url = url.replace(/\/+$/, "");
    this.#token = token;
  }

  /** Without a workspace the credential names it. */
  sendEvents(workspace: Workspace | null, events: readonly ClientEvent[]): Promise<AnswerOf<"sendEvents">> {
    const query =
      workspace === null
        ? ""
        : `?app=${encodeURIComponent(workspace.app)}&env=${encodeURIComponent(workspace.environment)}`;
    return this.#call<"sendEvents">("POST", `/v1/events${query}`, events);
  }

  syncApp(workspace: Workspace, url: string): Promise<AnswerOf<"syncApp">> {
    return this.#call<"syncApp">("POST", `${pathOf(workspace)}/sync`, { url });
  }

  listApps(): Promise<AnswerOf<"listApps">> {
    return this.#call<"listApps">("GET", "/v1/apps");
  }

  listRuns(
    workspace: Workspace,
    filter: { status?: string; function?: string; limit?: string } = {},
  ): Promise<AnswerOf<"listRuns">> {
    const query = new URLSearchParams(filter as Record<string, string>).toString();
    return this.#call<"listRuns">("GET", `${pathOf(workspace)}/runs${query === "" ? "" : `?${query}`}`);
  }

  getRun(workspace: Workspace, id: string): Promise<AnswerOf<"getRun">> {
    return this.#call<"getRun">("GET", `${pathOf(workspace)}/runs/${encodeURIComponent(id)}`);
  }

  cancelRun(workspace: Workspace, id: string, reason?: string): Promise<AnswerOf<"cancelRun">> {
    return this.#call<"cancelRun">("POST", `${pathOf(workspace)}/runs/${encodeURIComponent(id)}/cancel`, {
      reason,
    });
  }

  createEventKey(workspace: Workspace): Promise<AnswerOf<"createEventKey">> {
    return this.#call<"createEventKey">("POST", `${pathOf(workspace)}/event-keys`, {});
  }

  listEventKeys(workspace: Workspace): Promise<AnswerOf<"listEventKeys">> {
    return this.#call<"listEventKeys">("GET", `${pathOf(workspace)}/event-keys`);
  }

  revokeEventKey(workspace: Workspace, id: string): Promise<AnswerOf<"revokeEventKey">> {
    return this.#call<"revokeEventKey">(
      "DELETE",
      `${pathOf(workspace)}/event-keys/${encodeURIComponent(id)}`,
    );
  }

  createSigningSecret(workspace: Workspace): Promise<AnswerOf<"createSigningSecret">> {
    return this.#call<"createSigningSecret">("POST", `${pathOf(workspace)}/signing-secrets`, {});
  }

  listSigningSecrets(workspace: Workspace): Promise<AnswerOf<"listSigningSecrets">> {
    return this.#call<"listSigningSecrets">("GET", `${pathOf(workspace)}/signing-secrets`);
  }

  retireSigningSecret(workspace: Workspace, id: string): Promise<AnswerOf<"retireSigningSecret">> {
    return this.#call<"retireSigningSecret">(
      "POST",
      `${pathOf(workspace)}/signing-secrets/${encodeURIComponent(id)}/retire`,
      {},
    );
  }

  async #call<Name extends Operation>(method: string, path: string, body?: unknown): Promise<AnswerOf<Name>> {
    const answer = await this.#send(method, path, body);
    const text = await answer.text();
    const json = parse(text);
    if (answer.ok && json !== undefined) return json as AnswerOf<Name>;
    throw refusal(this.url, answer.status, json);
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(this.url + path, {
        method,
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: {
          ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw unreachable(this.url, error);
    }
  }
}

function pathOf({ app, environment }: Workspace): string {
  return `/v1/apps/${encodeURIComponent(app)}/${encodeURIComponent(environment)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(url: string, error: unknown): CliError {
  const code = codeOf(error instanceof Error ? (error.cause ?? error) : error);
  const why =
    error instanceof Error && error.name === "TimeoutError"
      ? `no answer within ${ANSWER_MS / 1000} s`
      : code || String(error);
  return new CliError(
    EXIT.unreachable,
    `No Durable engine answers at ${url} (${why}); start one with \`durable dev\`, or set DURABLE_URL to where it runs.`,
    { cause: error },
  );
}

/** The engine's problems are sentences already; anything else did not come from an engine. */
function refusal(url: string, status: number, body: unknown): CliError {
  if (typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string") {
    return new CliError(EXIT_OF[status] ?? EXIT.failed, body.detail);
  }
  return new CliError(
    EXIT.unreachable,
    `What answers at ${url} is not a Durable engine (status ${status}); check DURABLE_URL.`,
  );
}

const EXIT_OF: Record<number, ExitCode> = {
  401: EXIT.denied,
  403: EXIT.denied,
  404: EXIT.notFound,
  422: EXIT.usage,
  503: EXIT.unreachable,
};
