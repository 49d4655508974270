import type { AnswerOf, InputOf, Operation } from "@durable/engine/api";
import { parseExactly } from "./exact-json.ts";
import { ApiProblem, EngineAway, problemOf } from "./problem.ts";
import { ROUTES } from "./routes.ts";

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly confirm?: string;
}

/** One request. Rejects with `ApiProblem` when the engine refuses, with `EngineAway` when there is no answer. */
export async function call<Name extends Operation>(
  name: Name,
  input: InputOf<Name>,
  signal?: AbortSignal,
): Promise<AnswerOf<Name>> {
  const { params, query, body, idempotencyKey, confirm } = input as AnyInput;
  const [method, path] = ROUTES[name];
  const answer = await fetch(addressOf(path, params, query), {
    method,
    headers: {
      // No form of another site can send it, and so a change that rests on our cookie is ours.
      ...(method === "GET" ? {} : { "durable-page": "1" }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      ...(confirm === undefined ? {} : { "durable-confirm": confirm }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: Error) => {
    throw error.name === "AbortError" ? error : new EngineAway();
  });
  const text = await answer.text().catch(() => {
    throw new EngineAway();
  });
  if (answer.ok) return parseExactly(text) as AnswerOf<Name>;
  if (answer.status === 401) logIn();
  throw new ApiProblem(problemOf(text, answer.status));
}

/** Of a route, with its parameters filled in. */
export function addressOf(path: string, params: AnyInput["params"], query: AnyInput["query"]): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params?.[name])),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

function logIn(): void {
  const here = `${location.pathname}${location.search}`;
  location.assign(`/login?next=${encodeURIComponent(here)}`);
}
