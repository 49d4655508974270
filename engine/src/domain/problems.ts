// Everything the engine's HTTP edge refuses, once. A client decides by `code`; a person reads the sentence and,
// if it does not help, the page `docs/errors/<code>.md`, which a test keeps complete.

export interface ProblemKind {
  readonly status: number;
  /** What went wrong, the same for every occurrence. */
  readonly title: string;
  /** What to do, whatever `detail` says. */
  readonly fix: string;
}

export const PROBLEMS = {
  "malformed-json": {
    status: 400,
    title: "The body is not JSON",
    fix: "Send valid JSON; detail says where it stops being that.",
  },
  "invalid-encoding": {
    status: 400,
    title: "The body is not plain UTF-8",
    fix: "Encode the body as UTF-8, without a byte order mark.",
  },
  "unsupported-character": {
    status: 400,
    title: "The body contains a character that cannot be stored",
    fix: "Leave out the NUL character (\\u0000) and unpaired surrogates.",
  },
  "duplicate-key": {
    status: 400,
    title: "An object has two members of the same name",
    fix: "Name each member of an object once.",
  },
  "number-out-of-range": {
    status: 400,
    title: "A number would lose its value",
    fix: "Send the number as a string.",
  },
  "too-complex": {
    status: 400,
    title: "The JSON is nested too deep or has too many members",
    fix: "Send flatter or smaller JSON.",
  },
  "malformed-request": {
    status: 400,
    title: "The request is not valid HTTP",
    fix: "Send HTTP/1.1 with one length and a valid Host and path.",
  },
  unauthenticated: {
    status: 401,
    title: "The request carries no valid credential",
    fix: "Send the admin token or a key as `authorization: Bearer ...`, or sign the request.",
  },
  forbidden: {
    status: 403,
    title: "This credential may not do this",
    fix: "Use a credential that reaches this far: the admin token, or an API key of this workspace with a larger scope.",
  },
  "not-found": {
    status: 404,
    title: "There is no such thing here",
    fix: "Check the app, the environment and the id.",
  },
  "unknown-query": {
    status: 404,
    title: "The run answers no query of this name",
    fix: "Use a name that the run's code gives to step.onQuery.",
  },
  "method-not-allowed": {
    status: 405,
    title: "This path does not know the method",
    fix: "Use a method that the `allow` header lists.",
  },
  "request-timeout": {
    status: 408,
    title: "The request did not arrive in time",
    fix: "Send the request again, faster.",
  },
  "idempotency-conflict": {
    status: 409,
    title: "An event id was used before, for another event",
    fix: "Send the very same event under this id, or this one under another id.",
  },
  "request-in-flight": {
    status: 409,
    title: "The first request with this key is under way",
    fix: "Send it again in a moment.",
  },
  "run-terminal": {
    status: 409,
    title: "The run has already ended",
    fix: "Nothing: every end is final. Start another run.",
  },
  "already-answered": {
    status: 409,
    title: "Somebody has answered before",
    fix: "Nothing: the first answer counts.",
  },
  "input-over": { status: 409, title: "Nobody is asked this any more", fix: "Nothing: the run has gone on." },
  "stale-fence": { status: 409, title: "The dispatch is over", fix: "Stop working on this dispatch." },
  "checkpoint-out-of-order": {
    status: 409,
    title: "The checkpoint is not the next one",
    fix: "Send the checkpoint after the last one that was taken.",
  },
  "unsupported-by-app": {
    status: 409,
    title: "The app's SDK does not take this",
    fix: "Update the app's SDK, then sync the app.",
  },
  "run-not-asleep": {
    status: 409,
    title: "The run does not wait for its beginning",
    fix: "Nothing: the run has begun. Its `why` says what it waits for.",
  },
  "skip-not-runnable": {
    status: 409,
    title: "The skip can be no run",
    fix: "Send the event again, or trigger the function.",
  },
  "start-skipped": {
    status: 409,
    title: "A limit of the function let nothing start",
    fix: "Try again later, or change the limit.",
  },
  "run-not-paused": {
    status: 409,
    title: "The run is not paused",
    fix: "Nothing: the run goes on by itself.",
  },
  "step-not-repairable": {
    status: 409,
    title: "The step cannot be mended so",
    fix: "Look at the run's steps; go on from a recorded one as a new run: durable runs rerun RUN --from STEP.",
  },
  "bulk-over": {
    status: 409,
    title: "The bulk is at no place where that can be done",
    fix: "Look at it: durable bulk show BULK.",
  },
  "run-not-ended": {
    status: 409,
    title: "The run has not ended",
    fix: "Resume or repair it where it stands, or cancel it first.",
  },
  "undo-held": {
    status: 409,
    title: "Another run may undo a step that would be kept",
    fix: "Wait for the end of the run that detail names, or cancel it.",
  },
  "version-gone": {
    status: 409,
    title: "The version that ran it is gone",
    fix: "Run it with the newest version.",
  },
  "no-signing-secret": {
    status: 409,
    title: "The workspace has no signing secret",
    fix: "Create a signing secret and give it to the app as DURABLE_SECRET.",
  },
  "last-signing-secret": {
    status: 409,
    title: "The only signing secret cannot be retired",
    fix: "Create another secret, give it to the app, then retire this one.",
  },
  "schedule-exists": {
    status: 409,
    title: "There is another schedule of this id",
    fix: "Choose another id, or change the schedule there is.",
  },
  "erasure-begun": {
    status: 409,
    title: "The erasure cannot be called off any more",
    fix: "Look at it: it says how far it is, or how it ended.",
  },
  "schedule-declared": {
    status: 409,
    title: "The schedule is declared in code",
    fix: "Change it where it is declared: in the app's code.",
  },
  "newest-deployment": {
    status: 409,
    title: "The newest deployment cannot be retired",
    fix: "Sync the deployment that takes over, then retire this one.",
  },
  "run-ended": {
    status: 410,
    title: "The run has ended, and its dispatch with it",
    fix: "Stop working on this run.",
  },
  "payload-too-large": {
    status: 413,
    title: "The body is too large",
    fix: "Send less at once, or a reference to large data.",
  },
  "uri-too-long": { status: 414, title: "The URL is too long", fix: "Put data into the body." },
  "unsupported-media-type": {
    status: 415,
    title: "The content type is not supported",
    fix: "Send the content type that `accept` names, in UTF-8.",
  },
  "unsupported-encoding": {
    status: 415,
    title: "The body must not be compressed",
    fix: "Send the body without content-encoding.",
  },
  validation: {
    status: 422,
    title: "The request does not fit the schema",
    fix: "Correct what `errors` points at.",
  },
  "idempotency-key-reused": {
    status: 422,
    title: "An idempotency key was used before, for another request",
    fix: "Send another key with another request.",
  },
  "checkpoint-refused": {
    status: 422,
    title: "What the checkpoint reports cannot be stored",
    fix: "Answer the dispatch instead; detail says what cannot be stored.",
  },
  "unsafe-url": {
    status: 422,
    title: "The URL may not be called",
    fix: "Use a public https address, or allow the network on the engine.",
  },
  "inspect-failed": {
    status: 422,
    title: "The app did not describe itself",
    fix: "Check that the app runs at this URL, with this workspace's secret.",
  },
  "confirmation-needed": {
    status: 428,
    title: "A change in production waits for a second click",
    fix: "Look at what it would do, then send the same request again within 30 s with `durable-confirm: <confirm>`.",
  },
  "too-many-requests": {
    status: 429,
    title: "Too many requests at once",
    fix: "Wait as long as `retry-after` says, then go on.",
  },
  "headers-too-large": {
    status: 431,
    title: "The request's headers are too large",
    fix: "Send fewer or shorter headers.",
  },
  internal: {
    status: 500,
    title: "The engine made a mistake",
    fix: "Report it with the requestId: the engine's log tells more under it.",
  },
  "app-failed": {
    status: 502,
    title: "The app gave no usable answer",
    fix: "Look into the app's log; detail says what came back.",
  },
  unavailable: {
    status: 503,
    title: "The engine cannot take the request now",
    fix: "Send the request again after `retry-after` seconds.",
  },
  "app-timeout": {
    status: 504,
    title: "The app did not answer in time",
    fix: "Look into the app's log; the code may still be running.",
  },
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
  /** Of `confirmation-needed`: what the second click carries. */
  readonly confirm?: string;
  readonly cause?: unknown;
}

/** Thrown by an edge, answered as application/problem+json. `detail` is read by the sender: no secrets, no SQL. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly ProblemDetail[];
  readonly headers: Readonly<Record<string, string>>;
  readonly confirm: string | null;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
    this.confirm = options.confirm ?? null;
  }
}

/** RFC 9457. `requestId` names the occurrence, in the engine's log too. */
export interface ProblemBody {
  readonly type: string;
  readonly code: ProblemCode;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly fix: string;
  readonly docs: string;
  readonly requestId: string;
  readonly errors?: readonly ProblemDetail[];
  readonly confirm?: string;
}

export function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { code, status, message: detail, errors, confirm } = problem;
  const { title, fix } = PROBLEMS[code];
  return {
    type: `urn:durable:problem:${code}`,
    code,
    title,
    status,
    detail,
    fix,
    docs: `docs/errors/${code}.md`,
    requestId,
    ...(errors.length === 0 ? {} : { errors }),
    ...(confirm === null ? {} : { confirm }),
  };
}

/** @param pointer JSON Pointer into the body, or `?name` of the query. */
export function invalidAt(pointer: string, detail: string): Problem {
  return new Problem("validation", detail, { errors: [{ pointer, detail }] });
}

/** The one answer for an unknown id and for an id of somebody else: nobody learns which it was. */
export function notFound(): Problem {
  return new Problem(
    "not-found",
    "Nothing is stored under this id in this app and environment. Check the app, the environment and the id.",
  );
}
