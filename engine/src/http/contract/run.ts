import { z } from "@hono/zod-openapi";
import { BEGIN_CAUSES } from "../../domain/begin.ts";
import { RERUN_KINDS } from "../../domain/rerun-kind.ts";
import { ErrorState } from "./errors.ts";
import {
  AsReceived,
  Circuit,
  Failure,
  Instant,
  OtherApp,
  orNull,
  Rev,
  RunState,
  RunStatus,
} from "./shapes.ts";
import { Attempt, Step, Times } from "./steps.ts";
import { Wait } from "./wait.ts";

const ChildKind = z.enum(["invoke", "spawn", "on-failure"]);

export const Parent = z
  .object({
    run: z.string(),
    app: OtherApp,
    step: z.string().nullable().openapi({ description: "Id of the step that started it." }),
    kind: ChildKind,
  })
  .openapi("Parent", {
    description: "The run that started this one: by a step, or by failing (`on-failure`).",
  });

const Child = z
  .object({
    run: z.string(),
    app: OtherApp,
    step: z.string().nullable(),
    kind: ChildKind,
    function: z.string(),
    status: RunStatus,
    created_at: Instant,
    ended_at: Instant.nullable(),
  })
  .openapi("Child");

const Rerun = { run: z.string(), kind: z.enum(RERUN_KINDS) };

const Heartbeat = z
  .object({
    step: z
      .string()
      .openapi({ description: "Its id. A step that runs for the first time has no entry yet." }),
    name: z.string(),
    progress: AsReceived,
    at: Instant,
  })
  .openapi("StepProgress", { description: "The last word of a step whose code is running." });

const Detour = z
  .object({
    step: z.string(),
    name: z.string(),
    n: z.number().int(),
    began: z
      .object({ step: z.string(), name: z.string().nullable() })
      .openapi({ description: "The step that was begun meanwhile; its name is null until it has an entry." }),
    frame: z
      .string()
      .nullable()
      .openapi({ description: "Where in the app's code that was, with the lines around it." }),
    certain: z.boolean().openapi({
      description: "False where the code may still come to it: it awaits something of its own beside steps.",
    }),
    at: Instant,
  })
  .openapi("Detour", {
    description:
      "A recorded step that the code, called again, did not ask for, while it began another one. Apps in development tell.",
  });

export const Run = z
  .object({
    id: z.string(),
    rev: Rev,
    app: z.string(),
    environment: z.string(),
    function: z.string(),
    function_version: z.number().int(),
    status: RunStatus,
    why: z.string().openapi({ description: "Why it is where it is, in one sentence." }),
    wait: orNull(Wait, "The same as data; null once it has ended, and while its app is called."),
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
    failure: orNull(Failure),
    error: z.object({ fingerprint: z.string(), state: ErrorState }).nullable().openapi({
      description:
        "The group of its last failure, also where it went on afterwards; it is found a moment after the failure.",
    }),
    deployments: z.array(z.object({ deployment: z.string(), from_seq: z.number().int() })).openapi({
      description:
        "Of its app, that have worked on it: each from this number of the journal on. None where the app does not say.",
    }),
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
    parent: orNull(Parent),
    children: z.array(Child).openapi({ description: "The runs it started by its steps, or by failing." }),
    origin: z
      .object({
        ...Rerun,
        step: z.string().nullable().openapi({ description: "The step of it from which this one begins." }),
        kept: z.number().int().openapi({ description: "Entries of its journal that this one began with." }),
      })
      .nullable()
      .openapi({ description: "The run that this one goes over again." }),
    reruns: z
      .array(z.object({ ...Rerun, status: RunStatus }).openapi("Rerun"))
      .openapi({ description: "The runs that were made of it." }),
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
        moving: z.boolean().openapi({
          description: "It goes on at another deployment when the call that is under way has been recorded.",
        }),
        ready_at: Instant.nullable(),
        retry_at: Instant.nullable(),
        begin: z
          .object({ at: Instant, cause: z.enum(BEGIN_CAUSES) })
          .nullable()
          .openapi({ description: "When it begins, and why so late; null once it has begun." }),
        circuit: orNull(
          Circuit,
          "Why its job waits, while the endpoint is down or busy; null while all is well.",
        ),
        engine: z.object({ id: z.number().int(), host: z.string(), pid: z.number().int() }).nullable(),
      })
      .nullable()
      .openapi({ description: "Null once the run has ended." }),
    last_dispatch: z.object(Times).nullable(),
    heartbeats: z.array(Heartbeat).openapi({ description: "What code that is running says of itself." }),
    detours: z.array(Detour),
    steps: z.array(Step).openapi({ description: "In the order of the journal, then what is still pending." }),
    attempts: z.array(Attempt).openapi({
      description: "Of the run itself: dispatches without a usable answer, failed tries of the function.",
    }),
  })
  .openapi("Run");
