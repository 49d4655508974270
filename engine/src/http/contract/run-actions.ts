import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { RunPath, RunStatus } from "./shapes.ts";

const Reason = z.object({
  reason: z
    .string()
    .max(1_000)
    .optional()
    .openapi({ description: "Kept with the run, for whoever asks later." }),
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
      status: z.enum(["cancelled", "cancelling", "failing", "paused"]).openapi({
        description:
          "`cancelling` while its steps are undone; `failing` when it had failed already and was doing that; `paused` " +
          "when a person is asked in the middle of that: resume it, or cancel with `undo` false.",
      }),
    })
    .openapi("RunCancelled"),
  status: 200,
  problems: ["not-found", "run-terminal"],
});

export const beginRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/begin",
  group: "runs",
  summary: "Begin a run now that waits for its time",
  description:
    "One that was born asleep: delayed, debounced, or collecting a batch. It passes its limits like any other.",
  action: "runs.begin",
  params: RunPath,
  query: NOTHING,
  body: jsonBody(Reason.openapi("BeginRequest"), { required: false }),
  answer: z.object({ id: z.string(), status: RunStatus }).openapi("RunBegun"),
  status: 200,
  problems: ["not-found", "run-terminal", "run-not-asleep"],
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

export const moveRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/move",
  group: "runs",
  summary: "Move a run to another deployment of its app",
  description:
    "From its next dispatch on it is called there; all recorded results are kept. A call under way is recorded as it is. One that waits for a deployment that is gone goes at once.",
  action: "runs.move",
  params: RunPath,
  query: NOTHING,
  body: jsonBody(
    Reason.extend({
      to: z.string().min(1).max(200).openapi({
        description: "The name of a deployment that was synced, or `latest`.",
      }),
    }).openapi("MoveRequest"),
  ),
  answer: z.object({ id: z.string(), status: RunStatus, to: z.string() }).openapi("RunMoved"),
  status: 200,
  problems: ["not-found", "run-terminal"],
});
