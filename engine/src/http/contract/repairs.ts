import { z } from "@hono/zod-openapi";
import { REPAIR_ACTIONS } from "../../domain/repair.ts";
import { payloadBody } from "./functions.ts";
import { Preview, StepAsked } from "./reruns.ts";
import { row } from "./row.ts";
import { AsReceived, Instant, Reason, RunPath, RunStatus } from "./shapes.ts";

export const repairRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/repair",
  group: "runs",
  summary: "Mend an open step of a run that lives",
  description:
    "`retry`: a step that failed gets fresh attempts. `complete`: a step comes to `value`, and does not run. `skip`: to null. `resolve`: a " +
    "wait ends, with an event that has `value` as its data, or without one as its timeout. `wake`: a sleep ends `at` that time. The run " +
    "must be paused, and goes on unless told not to; `resolve` and `wake` also mend a waiting one. What is recorded never changes: only " +
    "`wake` can be taken back, as `undo` says.",
  action: "runs.repair",
  params: RunPath,
  query: z.strictObject({ preview: Preview }),
  body: payloadBody(
    z
      .strictObject({
        ...StepAsked.shape,
        action: z.enum(REPAIR_ACTIONS),
        value: AsReceived.optional(),
        key: z
          .string()
          .optional()
          .openapi({ description: "Of a wait for any of several: which of them came." }),
        at: Instant.optional().openapi({
          description: "Of `wake`: when the sleep ends; at once when that is over.",
        }),
        stay: z.boolean().default(false).openapi({ description: "True: the run stays paused." }),
        reason: Reason,
      })
      .refine(({ action, at }) => (action === "wake") === (at !== undefined), {
        path: ["at"],
        message: "goes with wake, and with nothing else",
      })
      .refine(({ action, value }) => action !== "complete" || value !== undefined, {
        path: ["value"],
        message: "is what complete needs; skip takes null",
      })
      .refine(({ action, value }) => action === "complete" || action === "resolve" || value === undefined, {
        path: ["value"],
        message: "goes with complete and with resolve",
      })
      .openapi("RepairRequest"),
  ),
  answer: z
    .object({
      id: z.string(),
      step: z.string().openapi({ description: "The step's id." }),
      action: z.enum(REPAIR_ACTIONS),
      preview: z.boolean(),
      status: RunStatus.openapi({ description: "Where the run is then." }),
      before: Instant.nullable().openapi({ description: "Of `wake`: when the sleep was to end." }),
      at: Instant.nullable(),
      undo: z
        .object({ action: z.literal("wake"), at: Instant })
        .nullable()
        .openapi({ description: "What takes it back; null when nothing does." }),
    })
    .openapi("RunRepaired"),
  status: 200,
  problems: ["not-found", "number-out-of-range", "run-terminal", "run-not-paused", "step-not-repairable"],
});
