import { z } from "@hono/zod-openapi";
import { NOTHING, row } from "./row.ts";
import { Parent, Run } from "./run.ts";
import {
  AsReceived,
  Failure,
  Instant,
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
    function: z.string(),
    function_version: z.number().int(),
    status: RunStatus,
    created_at: Instant,
    ended_at: Instant.nullable(),
    event: z.object({ id: z.string(), name: z.string() }),
    wait: Wait.nullable().openapi({
      description: "Why it does not go on; null once it has ended, and while its app is called.",
    }),
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
