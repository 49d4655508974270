/** What the engine answers instead of doing it (RFC 9457). */
export interface ProblemBody {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly fix: string;
  readonly docs: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  /** Of a 428: the same request with it is done. */
  readonly confirm?: string;
}

export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.body = body;
  }
}

/** No answer. Whether a change took effect is not known; sent again under its idempotency key it is done once. */
export class EngineAway extends Error {
  override readonly name = "EngineAway";

  constructor() {
    super("The engine does not answer. Is it running, and can this browser reach it?");
  }
}

export function problemOf(text: string, status: number): ProblemBody {
  const found = bodyOf(text);
  return {
    code: found.code ?? "unknown",
    title: found.title ?? `Answered ${status}`,
    status,
    detail: found.detail ?? `Something answered ${status} that is not an engine: a proxy in between?`,
    fix: found.fix ?? "",
    docs: found.docs ?? "",
    requestId: found.requestId ?? "",
    ...(found.errors === undefined ? {} : { errors: found.errors }),
    ...(found.confirm === undefined ? {} : { confirm: found.confirm }),
  };
}

function bodyOf(text: string): Partial<ProblemBody> {
  try {
    return JSON.parse(text) as Partial<ProblemBody>;
  } catch {
    return {};
  }
}
