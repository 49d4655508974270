import { z } from "@hono/zod-openapi";
import { ATTEMPTS_LOOKED_MAX } from "../../store/runs-listing.ts";
import { NOTHING, row } from "./row.ts";
import { Parent, Run } from "./run.ts";
import { RUN_FILTER } from "./run-filter.ts";
import {
  AsReceived,
  Failure,
  Instant,
  OtherApp,
  orNull,
  Rev,
  RunPath,
  RunState,
  RunStatus,
  WaitS,
  WorkspacePath,
} from "./shapes.ts";
import { Wait } from "./wait.ts";

export const RunListed = z
  .object({
    id: z.string(),
    rev: Rev,
    function: z.string(),
    function_version: z.number().int(),
    status: RunStatus,
    created_at: Instant,
    ended_at: Instant.nullable(),
    duration_ms: z.number().nullable().openapi({
      description: "From its beginning, which may be later than its creation, to its end; null until then.",
    }),
    failed_attempts: z
      .number()
      .int()
      .openapi({
        description: `Tries of its steps and its function that failed, brought no answer or were lost. ${ATTEMPTS_LOOKED_MAX} attempts are looked at, at most.`,
      }),
    event: z.object({ id: z.string(), name: z.string() }),
    wait: orNull(Wait, "Why it does not go on; null once it has ended, and while its app is called."),
  })
  .openapi("RunListed");

export const RUNS_PER_PAGE_MAX = 200;
export const BARS_MAX = 200;

export const listRuns = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs",
  group: "runs",
  summary: "List runs, newest first",
  description:
    "A page looks at 10,000 runs at most, at 1,000 for the name of an error, so it can be short, or empty, where few of many fit. `next` goes on where it stopped.",
  action: "runs.read",
  params: WorkspacePath,
  query: z.strictObject({
    ...RUN_FILTER,
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

const Statuses = z
  .partialRecord(RunStatus, z.number().int())
  .openapi({ description: "How many, by status." });

export const countRuns = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/run-counts",
  group: "runs",
  summary: "Count runs by status, and by when they were created",
  description:
    "The newest 10,000 are looked at and counted, or 4,000 where they lie far apart: of an error, a tag, a path or a parent. What is beyond is said.",
  action: "runs.read",
  params: WorkspacePath,
  query: z.strictObject({
    ...RUN_FILTER,
    bars: z.coerce.number<number | string>().int().min(1).max(BARS_MAX).default(60),
  }),
  body: null,
  answer: z
    .object({
      statuses: Statuses,
      is_exact: z.boolean().openapi({ description: "False: there may be more, that are older." }),
      since: Instant.nullable().openapi({
        description: "Where it is not exact: all that are younger were counted.",
      }),
      step_ms: z.number().openapi({ description: "The width of a bar." }),
      bars: z.array(z.object({ from: Instant, statuses: Statuses }).openapi("RunBar")),
    })
    .openapi("RunCounts"),
  status: 200,
  problems: ["not-found"],
});

/** Above every number of a journal: what is open, and nothing else. */
export const STEP_SEQ_MAX = 2_147_483_647;

export const getRun = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}",
  group: "runs",
  summary: "One run with its steps and attempts",
  description:
    "A long run is large: `steps_after` leaves out what is settled. With `at` as it was then, as far as that is kept: steps settled by then, what was open, and its status.",
  action: "runs.read",
  params: RunPath,
  query: z.strictObject({
    wait: WaitS,
    steps_after: z.coerce.number<number | string>().int().min(0).max(STEP_SEQ_MAX).default(0).openapi({
      description:
        "Steps that were settled up to this number of the journal are left out, with their attempts; open ones are there.",
    }),
    at: Instant.optional().openapi({
      description: "A moment of the run; 404 before there was one. Then nothing is waited for.",
    }),
  }),
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
      failure: orNull(Failure),
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
              app: OtherApp,
              parent: orNull(Parent),
              function: z.string(),
              status: RunStatus,
              created_at: Instant,
              ended_at: Instant.nullable(),
            })
            .openapi("TreeRun"),
        )
        .openapi({
          description: `The run itself, then generation after generation; at most ${TREE_RUNS_MAX}. Of a child in another app not those below it.`,
        }),
      is_cut: z.boolean().openapi({ description: "There are more: ask for the tree of one of them." }),
    })
    .openapi("RunTree"),
  status: 200,
  problems: ["not-found"],
});
