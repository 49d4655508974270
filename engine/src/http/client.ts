import { Agent, request } from "undici";
import type { ProblemBody } from "../domain/problems.ts";
import type { InputOf } from "./contract/api.ts";
import type { Row } from "./contract/row.ts";
import { type AnswerOf, type Operation, type ParamsOf, TABLE } from "./contract/table.ts";
import { follow, type StreamEvent } from "./follow.ts";

export interface ApiClientOptions {
  /** Of the engine: `http://localhost:4400`. */
  readonly url: string;
  /** The admin token or a key; not needed on the engine's own machine in dev mode. */
  readonly token?: string | undefined;
  /** Asked when a change in production waits for a second click; it is sent again when this says so. */
  readonly confirm?: (asked: SecondClick) => Promise<boolean>;
}

/** What a person is asked before it is done. */
export interface SecondClick {
  readonly app: string;
  readonly environment: string;
  /** What the call does, as the API's document says it. */
  readonly summary: string;
  readonly problem: ApiProblem;
}

/** The engine answered that it does not do it, and why. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly problem: Partial<ProblemBody>;

  constructor(status: number, problem: Partial<ProblemBody>) {
    super(problem.detail ?? `The engine answered ${status}.`);
    this.status = status;
    this.code = problem.code ?? "unknown";
    this.problem = problem;
  }
}

/** No answer: nobody listens there, or the line broke. Whether the request took effect is not known. */
export class EngineUnreachable extends Error {
  override readonly name = "EngineUnreachable";
}

/** One function per row of the route table: `api.getRun({ params: { app, env, id }, query: { wait: 10 } })`. */
export type ApiClient = {
  readonly [Name in Exclude<Operation, "stream" | "followRun">]: Record<never, never> extends InputOf<Name>
    ? (input?: InputOf<Name>) => Promise<AnswerOf<Name>>
    : (input: InputOf<Name>) => Promise<AnswerOf<Name>>;
} & {
  /**
   * What changes, from now on; goes on when a line breaks or an engine stops. Throws `ApiProblem` when it is refused, and
   * `EngineUnreachable` when there is no engine at its beginning.
   */
  stream(options: StreamOptions): AsyncGenerator<StreamEvent>;
  /** Closes its connections. */
  close(): Promise<void>;
};

export interface StreamOptions {
  readonly params: ParamsOf<"stream">;
  /** `runs`, `run:{id}`, `logs:{id}@{line}` and others: see the route. */
  readonly topics: readonly string[];
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** A beat comes more often: then the line is dead. */
const SILENCE_MS_MAX = 45_000;
const CONNECT_MS_MAX = 10_000;

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly confirm?: string;
}

/** The API, typed by its route table. Rejects with `ApiProblem` or `EngineUnreachable`. */
export function createApiClient({ url, token, confirm }: ApiClientOptions): ApiClient {
  const agent = new Agent({ keepAliveTimeout: 4_000 });
  const origin = url.replace(/\/+$/, "");

  const credential = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const unreachable = (error: Error): never => {
    throw new EngineUnreachable(`No engine answers at ${origin} (${reasonOf(error)}). Is it running?`, {
      cause: error,
    });
  };

  function stream({ params, topics, signal }: StreamOptions): AsyncGenerator<StreamEvent> {
    const path = `/v1/apps/${encodeURIComponent(params.app)}/${encodeURIComponent(params.env)}/stream`;
    return follow({
      topics,
      signal,
      isPassing: (error) => !(error instanceof ApiProblem) || error.status >= 500 || error.status === 429,
      async connect(now, lastEventId) {
        const { statusCode, body } = await request(
          `${origin}${path}?${new URLSearchParams({ topics: now })}`,
          {
            dispatcher: agent,
            headers: { ...credential, ...(lastEventId === null ? {} : { "last-event-id": lastEventId }) },
            headersTimeout: CONNECT_MS_MAX,
            bodyTimeout: SILENCE_MS_MAX,
            ...(signal === undefined ? {} : { signal }),
          },
        ).catch(unreachable);
        if (statusCode === 200) return body;
        throw new ApiProblem(statusCode, readProblem(await body.text(), statusCode));
      },
    });
  }

  async function call(row: Row, input: AnyInput): Promise<unknown> {
    const path = row.path.replaceAll(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent(String(input.params?.[name])),
    );
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(input.query ?? {})) {
      if (value !== undefined) query.set(name, String(value));
    }
    const hasBody = input.body !== undefined;
    const answer = await request(`${origin}${path}${query.size === 0 ? "" : `?${query}`}`, {
      dispatcher: agent,
      method: row.method.toUpperCase() as "GET",
      headers: {
        ...credential,
        ...(hasBody ? { "content-type": "application/json" } : {}),
        ...(input.idempotencyKey === undefined ? {} : { "idempotency-key": input.idempotencyKey }),
        ...(input.confirm === undefined ? {} : { "durable-confirm": input.confirm }),
      },
      ...(hasBody ? { body: JSON.stringify(input.body) } : {}),
    }).catch(unreachable);
    const text = await answer.body.text();
    if (answer.statusCode < 300) return row.text === undefined ? JSON.parse(text) : text;
    const refusal = new ApiProblem(answer.statusCode, readProblem(text, answer.statusCode));
    const isAsked = refusal.problem.confirm !== undefined && input.confirm === undefined;
    if (isAsked && (await confirm?.({ ...workspaceOf(input), summary: row.summary, problem: refusal }))) {
      return await call(row, { ...input, confirm: refusal.problem.confirm! });
    }
    throw refusal;
  }

  const operations = Object.entries<Row>(TABLE).flatMap(([name, row]) =>
    row.streams ? [] : [[name, (input: AnyInput = {}) => call(row, input)]],
  );
  return Object.assign(Object.fromEntries(operations), {
    stream,
    // Streams that are open would keep a close waiting.
    close: () => agent.destroy(),
  }) as ApiClient;
}

function workspaceOf({ params, query }: AnyInput): Pick<SecondClick, "app" | "environment"> {
  const named = (name: string) => String(params?.[name] ?? query?.[name] ?? "");
  return { app: named("app"), environment: named("env") };
}

/** A proxy in between may answer with a page of its own. */
function readProblem(text: string, status: number): Partial<ProblemBody> {
  try {
    return JSON.parse(text) as Partial<ProblemBody>;
  } catch {
    return { detail: `Something answered ${status}, and it was not an engine. Check the URL.` };
  }
}

function reasonOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
