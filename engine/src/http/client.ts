import type { z } from "@hono/zod-openapi";
import { Agent, request } from "undici";
import type { ProblemBody } from "../domain/problems.ts";
import type { Row } from "./contract/row.ts";
import { type AnswerOf, type Operation, TABLE, type Table } from "./contract/table.ts";

export interface ApiClientOptions {
  /** Of the engine: `http://localhost:4400`. */
  readonly url: string;
  /** The admin token, or an event key for `sendEvents`; not needed on the engine's own machine in dev mode. */
  readonly token?: string | undefined;
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

type Member<Name extends string, Value> = [keyof Value] extends [never]
  ? unknown
  : Record<never, never> extends Value
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value };

/** What a route needs, in its three places. A member that may be empty may be left out. */
export type InputOf<Name extends Operation> = Member<"params", z.input<Table[Name]["params"]>> &
  Member<"query", z.input<Table[Name]["query"]>> &
  (Table[Name]["body"] extends { schema: infer Schema extends z.ZodType }
    ? Table[Name]["body"] extends { required: false }
      ? { readonly body?: z.input<Schema> }
      : { readonly body: z.input<Schema> }
    : unknown);

/** One function per row of the route table: `api.getRun({ params: { app, env, id }, query: { wait: 10 } })`. */
export type ApiClient = {
  readonly [Name in Operation]: Record<never, never> extends InputOf<Name>
    ? (input?: InputOf<Name>) => Promise<AnswerOf<Name>>
    : (input: InputOf<Name>) => Promise<AnswerOf<Name>>;
} & {
  /** Closes its connections. */
  close(): Promise<void>;
};

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** The API, typed by its route table. Rejects with `ApiProblem` or `EngineUnreachable`. */
export function createApiClient({ url, token }: ApiClientOptions): ApiClient {
  const agent = new Agent({ keepAliveTimeout: 4_000 });
  const origin = url.replace(/\/+$/, "");

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
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(hasBody ? { "content-type": "application/json" } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(input.body) } : {}),
    }).catch((error: Error) => {
      throw new EngineUnreachable(`No engine answers at ${origin} (${reasonOf(error)}). Is it running?`, {
        cause: error,
      });
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return JSON.parse(text);
    throw new ApiProblem(answer.statusCode, readProblem(text, answer.statusCode));
  }

  const operations = Object.entries<Row>(TABLE).map(([name, row]) => [
    name,
    (input: AnyInput = {}) => call(row, input),
  ]);
  return Object.assign(Object.fromEntries(operations), { close: () => agent.close() }) as ApiClient;
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
