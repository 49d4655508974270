import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { Called, payloadBody, SignedPath } from "./functions.ts";
import { InputKind, InputStatus } from "./inputs.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import {
  AsReceived,
  Circuit,
  Failure,
  Instant,
  RunState,
  RunStatus,
  WaitS,
  WorkspacePath,
} from "./shapes.ts";

const RunPath = WorkspacePath.extend({ id: z.string().openapi({ description: "The run's id." }) });

const Reason = z.object({
  reason: z
    .string()
    .max(1_000)
    .optional()
    .openapi({ description: "Kept with the run, for whoever asks later." }),
});

const Times = {
  sent_at: Instant.nullable(),
  first_byte_at: Instant.nullable(),
  received_at: Instant.nullable(),
  app_ms: z.number().nullable().openapi({ description: "Milliseconds inside the app, by its own clock." }),
};
const DispatchTimes = { scheduled_at: Instant.nullable(), leased_at: Instant.nullable(), ...Times };

const Attempt = z
  .object({
    attempt: z.number().int().openapi({ description: "From 1." }),
    outcome: z.enum(["ok", "failed", "transport", "protocol", "late", "lost"]),
    failure: Failure.nullable(),
    ...DispatchTimes,
    committed_at: Instant,
  })
  .openapi("Attempt");

const Step = z
  .object({
    id: z.string(),
    scope: z
      .string()
      .nullable()
      .openapi({ description: "Id of the branch or group it stands in; null is the handler itself." }),
    op: z.string(),
    name: z.string(),
    n: z.number().int().openapi({ description: "Occurrence of the name within its scope." }),
    status: z.enum(["ok", "err", "pending", "retrying", "cancelled"]),
    seq: z
      .number()
      .int()
      .nullable()
      .openapi({ description: "Its number in the journal, once it has settled." }),
    value: AsReceived,
    failure: Failure.nullable(),
    attempt: z
      .number()
      .int()
      .openapi({ description: "Tries so far; 0 while the task of a planned step has not run." }),
    event_id: z.string().nullable().openapi({ description: "The event that resolved a wait." }),
    due_at: Instant.nullable().openapi({ description: "End of a sleep, timeout of a wait, next attempt." }),
    wait: z
      .object({
        mode: z.enum(["event", "signal", "any", "all"]),
        events: z.array(
          z.object({
            key: z.string().openapi({ description: "Which of several; empty for the only one." }),
            event: z.string(),
            match: AsReceived,
            if: z.string().nullable(),
            since: Instant.openapi({ description: "Events that came from here on count." }),
            look_back: z.enum(["done", "under way", "capped"]),
            event_id: z.string().nullable().openapi({ description: "It has come; others are missing." }),
          }),
        ),
      })
      .nullable()
      .openapi({ description: "What an open wait waits for." }),
    input: z
      .object({
        id: z.string(),
        kind: InputKind,
        status: InputStatus,
        title: z.string().nullable(),
        assignee: z.string().nullable(),
        reminded_at: Instant.nullable(),
        escalated_at: Instant.nullable(),
        answered_by: z.string().nullable(),
        ended_at: Instant.nullable(),
      })
      .nullable()
      .openapi({ description: "What a person is asked, or was; who answered it, and when." }),
    ...DispatchTimes,
    committed_at: Instant,
    settled_at: Instant.nullable(),
    deployment: z.string().nullable().openapi({
      description: "The deployment of the app that ran it or asked for it; null where the app does not say.",
    }),
    attempts: z
      .array(Attempt)
      .openapi({ description: "Empty for a step that succeeded at once, inline: its times are above." }),
  })
  .openapi("Step");

const ChildKind = z.enum(["invoke", "spawn", "on-failure"]);

const Parent = z
  .object({
    run: z.string(),
    step: z.string().nullable().openapi({ description: "Id of the step that started it." }),
    kind: ChildKind,
  })
  .openapi("Parent", {
    description: "The run that started this one: by a step, or by failing (`on-failure`).",
  });

const Child = z
  .object({
    run: z.string(),
    step: z.string().nullable(),
    kind: ChildKind,
    function: z.string(),
    status: RunStatus,
  })
  .openapi("Child");

export const Run = z
  .object({
    id: z.string(),
    app: z.string(),
    environment: z.string(),
    function: z.string(),
    function_version: z.number().int(),
    status: RunStatus,
    why: z.string().openapi({ description: "Why it is where it is, in one sentence." }),
    created_at: Instant,
    ended_at: Instant.nullable(),
    event: z.object({
      id: z.string(),
      name: z.string(),
      data: AsReceived,
      time: Instant,
      received_at: Instant,
    }),
    output: AsReceived,
    failure: Failure.nullable(),
    state: RunState,
    unclaimed: z
      .number()
      .int()
      .nullable()
      .openapi({ description: "Results that the code never asked for when it ended." }),
    compensated: z
      .number()
      .int()
      .openapi({ description: "Completed steps that were undone after it failed or was cancelled." }),
    parent: Parent.nullable(),
    children: z.array(Child).openapi({ description: "The runs it started by its steps, or by failing." }),
    cancelled: z.object({ by: z.string(), reason: z.string().nullable(), at: Instant }).nullable(),
    live: z
      .object({
        journal_seq: z.number().int(),
        run_attempt: z.number().int(),
        transport_attempt: z.number().int(),
        lost: z.number().int(),
        ending: z
          .enum(["failing", "cancelling"])
          .nullable()
          .openapi({ description: "How it ends when its steps are undone; also while that is paused." }),
        pausing: z.boolean().openapi({
          description: "It pauses when the call of its app that is under way has been recorded.",
        }),
        ready_at: Instant.nullable(),
        retry_at: Instant.nullable(),
        circuit: Circuit.nullable().openapi({
          description: "Why its job waits, while the endpoint is down or busy; null while all is well.",
        }),
        engine: z.object({ id: z.number().int(), host: z.string(), pid: z.number().int() }).nullable(),
      })
      .nullable()
      .openapi({ description: "Null once the run has ended." }),
    last_dispatch: z.object(Times).nullable(),
    steps: z.array(Step).openapi({ description: "In the order of the journal, then what is still pending." }),
    attempts: z.array(Attempt).openapi({
      description: "Of the run itself: dispatches without a usable answer, failed tries of the function.",
    }),
  })
  .openapi("Run");

const RunListed = z
  .object({
    id: z.string(),
    function: z.string(),
    function_version: z.number().int(),
    status: RunStatus,
    created_at: Instant,
    ended_at: Instant.nullable(),
    event: z.object({ id: z.string(), name: z.string() }),
  })
  .openapi("RunListed");

export const RUNS_PER_PAGE_MAX = 200;

export const listRuns = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs",
  group: "runs",
  summary: "List runs, newest first",
  action: "runs.read",
  params: WorkspacePath,
  query: z.strictObject({
    status: RunStatus.optional(),
    function: z.string().max(200).optional(),
    limit: z.coerce.number<number | string>().int().min(1).max(RUNS_PER_PAGE_MAX).default(50),
    cursor: z.uuid().optional().openapi({ description: "`next` of the page before." }),
  }),
  body: null,
  answer: z
    .object({
      runs: z.array(RunListed),
      next: z
        .string()
        .nullable()
        .openapi({ description: "The cursor of the next page; null on the last one." }),
    })
    .openapi("Runs"),
  status: 200,
  problems: ["not-found"],
});

export const getRun = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}",
  group: "runs",
  summary: "One run with its steps and attempts",
  action: "runs.read",
  params: RunPath,
  query: z.strictObject({ wait: WaitS }),
  body: null,
  answer: Run,
  status: 200,
  problems: ["not-found"],
});

export const getRunResult = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}/result",
  group: "runs",
  summary: "What came of a run",
  description: "Its status, and its output or failure, without steps: the cheap way to wait for an end.",
  action: "runs.read",
  params: RunPath,
  query: z.strictObject({ wait: WaitS }),
  body: null,
  answer: z
    .object({
      id: z.string(),
      status: RunStatus.openapi({ description: "The end; or where it was when the wait was over." }),
      output: AsReceived,
      failure: Failure.nullable(),
      state: RunState,
    })
    .openapi("RunResult"),
  status: 200,
  problems: ["not-found"],
});

export const TREE_RUNS_MAX = 1_000;

export const getRunTree = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}/tree",
  group: "runs",
  summary: "A run with its children, and theirs",
  action: "runs.read",
  params: RunPath,
  query: NOTHING,
  body: null,
  answer: z
    .object({
      root: z.string().openapi({ description: "The run at the top of the tree that this run is in." }),
      runs: z
        .array(
          z
            .object({
              run: z.string(),
              parent: Parent.nullable(),
              function: z.string(),
              status: RunStatus,
              created_at: Instant,
              ended_at: Instant.nullable(),
            })
            .openapi("TreeRun"),
        )
        .openapi({
          description: `The run itself, then generation after generation; at most ${TREE_RUNS_MAX}.`,
        }),
      is_cut: z.boolean().openapi({ description: "There are more: ask for the tree of one of them." }),
    })
    .openapi("RunTree"),
  status: 200,
  problems: ["not-found"],
});

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

const LogLine = z
  .object({
    id: z.string().openapi({ description: "Grows with every line of the run." }),
    step: z.object({ id: z.string(), name: z.string(), n: z.number().int() }),
    attempt: z.number().int(),
    level: z.enum(LOG_LEVELS),
    message: z.string(),
    data: AsReceived,
    at: Instant.openapi({ description: "By the app's clock." }),
  })
  .openapi("LogLine");

export const LOG_LINES_PER_PAGE_MAX = 1_000;

export const listRunLogs = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}/logs",
  group: "runs",
  summary: "What the code of a run's steps said",
  description:
    "In the order in which it was recorded: with what came of the attempt that said it, also when that failed. Who " +
    "asks again after the last line misses none.",
  action: "runs.read",
  params: RunPath,
  query: z.strictObject({
    level: z.enum(LOG_LEVELS).optional().openapi({ description: "Lines of this level or a graver one." }),
    step: z.string().max(ID_CHARACTERS_MAX).optional().openapi({ description: "A step's name or id." }),
    after: z
      .string()
      .regex(/^[0-9]{1,18}$/)
      .optional()
      .openapi({ description: "`next` of the page before, or the id of a line." }),
    limit: z.coerce.number<number | string>().int().min(1).max(LOG_LINES_PER_PAGE_MAX).default(200),
  }),
  body: null,
  answer: z
    .object({
      logs: z.array(LogLine),
      next: z.string().nullable().openapi({ description: "`after` of the next page; null on the last one." }),
    })
    .openapi("RunLogs"),
  status: 200,
  problems: ["not-found"],
});

export const queryRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/query/{name}",
  group: "runs",
  summary: "Ask a run, in any status",
  description:
    "The app replays the run as far as it is recorded, and its `step.onQuery` of this name answers. Nothing new " +
    "starts and nothing is recorded. What the query throws is answered with 200 as `failed`.",
  action: "runs.query",
  params: RunPath.extend({ name: z.string().max(ID_CHARACTERS_MAX) }),
  query: NOTHING,
  body: payloadBody(
    z
      .strictObject({
        input: AsReceived.optional().openapi({ description: "For the query; null when it is missing." }),
        path: SignedPath,
      })
      .openapi("QueryRequest"),
  ),
  answer: Called,
  status: 200,
  problems: [
    "not-found",
    "unknown-query",
    "number-out-of-range",
    "unsupported-by-app",
    "app-failed",
    "app-timeout",
  ],
});

export const cancelRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/cancel",
  group: "runs",
  summary: "Cancel a run for good",
  description:
    "Nothing of it runs any more after the answer but compensations of its completed steps; a late answer of the app is refused.",
  action: "runs.cancel",
  params: RunPath,
  query: NOTHING,
  body: jsonBody(
    Reason.extend({
      undo: z.boolean().default(true).openapi({
        description: "False leaves completed steps as they are, also where a compensation could not be done.",
      }),
    }).openapi("CancelRequest"),
    {
      required: false,
    },
  ),
  answer: z
    .object({
      id: z.string(),
      status: z.enum(["cancelled", "cancelling", "failing"]).openapi({
        description:
          "`cancelling` while its steps are undone; `failing` when it had failed already and was doing that.",
      }),
    })
    .openapi("RunCancelled"),
  status: 200,
  problems: ["not-found", "run-terminal"],
});

export const pauseRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/pause",
  group: "runs",
  summary: "Pause a run until it is resumed",
  description:
    "What it waits for still happens and is kept. A call of the app that is under way is recorded first.",
  action: "runs.pause",
  params: RunPath,
  query: NOTHING,
  body: jsonBody(Reason.openapi("PauseRequest"), { required: false }),
  answer: z
    .object({
      id: z.string(),
      status: z.enum(["paused", "pausing"]).openapi({ description: "`pausing`: after the call under way." }),
    })
    .openapi("RunPaused"),
  status: 200,
  problems: ["not-found", "run-terminal"],
});

export const resumeRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/resume",
  group: "runs",
  summary: "Let a paused run go on",
  description: "Recorded results are kept; steps without one get fresh attempts, the next of them at once.",
  action: "runs.resume",
  params: RunPath,
  query: NOTHING,
  body: jsonBody(Reason.openapi("ResumeRequest"), { required: false }),
  answer: z.object({ id: z.string(), status: RunStatus }).openapi("RunResumed"),
  status: 200,
  problems: ["not-found", "run-terminal", "run-not-paused"],
});
