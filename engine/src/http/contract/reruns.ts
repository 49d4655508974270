import { EVENT_BYTES_MAX, ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { RERUN_KINDS } from "../../domain/rerun-kind.ts";
import { payloadBody } from "./functions.ts";
import { row } from "./row.ts";
import { AsReceived, Reason, RunPath } from "./shapes.ts";

/** Which step of a run is meant. */
export const StepAsked = z
  .strictObject({
    step: z.string().min(1).max(ID_CHARACTERS_MAX).openapi({ description: "Its name, or its id." }),
    occurrence: z.int().min(1).optional().openapi({
      description:
        "Which of several of one name, from 1, in the order of the journal; what is open comes last.",
    }),
  })
  .openapi("StepAsked");

export const Preview = z.enum(["true", "false"]).default("false").openapi({
  description: "`true` says what would be done, and does nothing.",
});

const EntryNamed = z
  .object({ id: z.string(), op: z.string(), name: z.string(), n: z.number().int() })
  .openapi("EntryNamed");

export const rerunRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/rerun",
  group: "runs",
  summary: "Run it again, from the start or from a step",
  description:
    "A new run that names its origin; the origin stays as it is. From a step, it begins with all results that were recorded before that " +
    "one, and the origin must have ended. It passes the limits of its function like any start, but no rate limit, debounce, batch, " +
    "singleton or idempotency.",
  action: "runs.rerun",
  params: RunPath,
  query: z.strictObject({ preview: Preview }),
  body: {
    ...payloadBody(
      z
        .strictObject({
          reason: Reason,
          from_step: z
            .union([StepAsked, z.literal("failed")])
            .optional()
            .openapi({
              description:
                "`failed`: the step that the run failed with; when its function's own code failed, all results are kept.",
            }),
          version: z.enum(["newest", "same"]).default("newest").openapi({
            description: "The code that runs it: what a new run gets, or what ran its origin.",
          }),
          data: AsReceived.optional().openapi({
            description: `Instead of its event's data: any JSON of at most ${EVENT_BYTES_MAX} bytes that fits the function's input.`,
          }),
          result: AsReceived.optional().openapi({
            description: "What the step that it begins from is given instead of being run.",
          }),
        })
        .refine((body) => body.result === undefined || typeof body.from_step === "object", {
          path: ["result"],
          message: "needs the step that it is of, as from_step",
        })
        .openapi("RerunRequest"),
    ),
    required: false,
  },
  answer: z
    .object({
      run: z.string().nullable().openapi({ description: "The new one; null of a preview." }),
      origin: z.string(),
      function: z.string(),
      function_version: z.number().int(),
      kind: z.enum(RERUN_KINDS),
      kept: z.number().int().openapi({ description: "Recorded results that it begins with." }),
      again: z.array(EntryNamed).openapi({
        description: "Recorded by the origin, and not kept: they run again. At most 100.",
      }),
      anew: z.array(EntryNamed).openapi({
        description:
          "Open when the origin ended: a sleep begins anew, a wait looks for new events. At most 100.",
      }),
      undone: z.string().nullable().openapi({
        description:
          "The first step that was undone when the origin ended: it runs again, and all that was recorded after it.",
      }),
    })
    .openapi("RunRerun"),
  status: 200,
  problems: [
    "not-found",
    "number-out-of-range",
    "run-not-ended",
    "start-skipped",
    "undo-held",
    "version-gone",
  ],
});
