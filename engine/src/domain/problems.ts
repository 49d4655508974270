// Everything the engine's HTTP edge refuses, once. A client decides by `code`; a person reads the sentence and,
// if it does not help, the page `docs/errors/<code>.md`, which a test keeps complete.

export interface ProblemKind {
  readonly status: number;
  /** What went wrong, the same for every occurrence. */
  readonly title: string;
}

export const PROBLEMS = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "invalid-encoding": { status: 400, title: "The body is not plain UTF-8" },
  "unsupported-character": { status: 400, title: "The body contains a character that cannot be stored" },
  "duplicate-key": { status: 400, title: "An object has two members of the same name" },
  "number-out-of-range": { status: 400, title: "A number would lose its value" },
  "too-complex": { status: 400, title: "The JSON is nested too deep or has too many members" },
  "malformed-request": { status: 400, title: "The request is not valid HTTP" },
  unauthenticated: { status: 401, title: "The request carries no valid credential" },
  forbidden: { status: 403, title: "This credential may not do this" },
  "not-found": { status: 404, title: "There is no such thing here" },
  "unknown-query": { status: 404, title: "The run answers no query of this name" },
  "method-not-allowed": { status: 405, title: "This path does not know the method" },
  "request-timeout": { status: 408, title: "The request did not arrive in time" },
  "idempotency-conflict": { status: 409, title: "An event id was used before, for another event" },
  "run-terminal": { status: 409, title: "The run has already ended" },
  "already-answered": { status: 409, title: "Somebody has answered before" },
  "input-over": { status: 409, title: "Nobody is asked this any more" },
  "stale-fence": { status: 409, title: "The dispatch is over" },
  "checkpoint-out-of-order": { status: 409, title: "The checkpoint is not the next one" },
  "unsupported-by-app": { status: 409, title: "The app's SDK does not take this" },
  "run-not-asleep": { status: 409, title: "The run does not wait for its beginning" },
  "skip-not-runnable": { status: 409, title: "The skip can be no run" },
  "start-skipped": { status: 409, title: "A limit of the function let nothing start" },
  "run-not-paused": { status: 409, title: "The run is not paused" },
  "no-signing-secret": { status: 409, title: "The workspace has no signing secret" },
  "last-signing-secret": { status: 409, title: "The only signing secret cannot be retired" },
  "schedule-exists": { status: 409, title: "There is another schedule of this id" },
  "schedule-declared": { status: 409, title: "The schedule is declared in code" },
  "newest-deployment": { status: 409, title: "The newest deployment cannot be retired" },
  "run-ended": { status: 410, title: "The run has ended, and its dispatch with it" },
  "payload-too-large": { status: 413, title: "The body is too large" },
  "uri-too-long": { status: 414, title: "The URL is too long" },
  "unsupported-media-type": { status: 415, title: "The content type is not supported" },
  "unsupported-encoding": { status: 415, title: "The body must not be compressed" },
  validation: { status: 422, title: "The request does not fit the schema" },
  "checkpoint-refused": { status: 422, title: "What the checkpoint reports cannot be stored" },
  "unsafe-url": { status: 422, title: "The URL may not be called" },
  "inspect-failed": { status: 422, title: "The app did not describe itself" },
  "too-many-requests": { status: 429, title: "Too many requests from one address" },
  "headers-too-large": { status: 431, title: "The request's headers are too large" },
  internal: { status: 500, title: "The engine made a mistake" },
  "app-failed": { status: 502, title: "The app gave no usable answer" },
  unavailable: { status: 503, title: "The engine cannot take the request now" },
  "app-timeout": { status: 504, title: "The app did not answer in time" },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing wrong in a request: where, and what to do about it. */
export interface ProblemDetail {
  /** JSON Pointer into the body, or `?name` for the query and `{name}` for a part of the path. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemOptions {
  readonly errors?: readonly ProblemDetail[];
  /** For the answer: `retry-after`, `allow`, `www-authenticate`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Thrown by an edge, answered as application/problem+json. `detail` is read by the sender: no secrets, no SQL. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly ProblemDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

/** RFC 9457. `instance` names the occurrence in the engine's log. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly instance?: string;
  readonly errors?: readonly ProblemDetail[];
  readonly docs: string;
}

export function problemBody(problem: Problem, instance?: string): ProblemBody {
  return {
    type: `urn:durable:problem:${problem.code}`,
    title: PROBLEMS[problem.code].title,
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    ...(instance === undefined ? {} : { instance }),
    ...(problem.errors.length === 0 ? {} : { errors: problem.errors }),
    docs: `docs/errors/${problem.code}.md`,
  };
}

/** The one answer for an unknown id and for an id of somebody else: nobody learns which it was. */
export function notFound(): Problem {
  return new Problem(
    "not-found",
    "Nothing is stored under this id in this app and environment. Check the app, the environment and the id.",
  );
}
