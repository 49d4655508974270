import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AsReceived, Instant, WorkspacePath } from "./shapes.ts";

const PauseKind = z.enum(["workspace", "function", "key", "tenant"]).openapi("PauseKind", {
  description:
    "What is paused. `key`: the runs of one value of a limit's key. `tenant`: those of one tenant of a function that declares `fairness`.",
});

export const PauseShown = z
  .object({
    id: z.string(),
    kind: PauseKind,
    function: z.string().nullable(),
    limit: z.string().nullable().openapi({ description: "The limit's id." }),
    key: AsReceived.openapi({ description: "Of `key` and `tenant`: the value." }),
    by: z.string(),
    reason: z.string().nullable(),
    since: Instant,
  })
  .openapi("Pause");

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Reason = z
  .string()
  .max(1_000)
  .optional()
  .openapi({ description: "Shown, and kept in the audit log, for whoever asks later." });

export const listPauses = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/pauses",
  group: "apps",
  summary: "List what is paused, by whom, and how many jobs it holds",
  action: "limits.read",
  params: WorkspacePath,
  query: NOTHING,
  body: null,
  answer: z
    .object({
      pauses: z.array(
        PauseShown.extend({
          held: z.number().int().openapi({
            description: "Jobs. When they are 100,000, events start no more runs of what is paused.",
          }),
        }).openapi("PauseListed"),
      ),
    })
    .openapi("Pauses"),
  status: 200,
  problems: ["not-found"],
});

export const pauseTarget = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/pauses",
  group: "apps",
  summary: "Pause the workspace, a function, a limit's key or a tenant",
  description:
    "Without `function` and `limit`: the whole workspace. Calls that are under way end; nothing else is called until it is resumed. Timers, waits and events go on, and what they cause is held.",
  action: "limits.set",
  params: WorkspacePath,
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({
        function: z.string().optional(),
        tenant: Scalar.optional().openapi({ description: "Of the function: only the runs of this tenant." }),
        limit: z.string().optional().openapi({ description: "The limit's id." }),
        key: Scalar.optional().openapi({ description: "Of the limit: only the runs with this value." }),
        reason: Reason,
      })
      .refine(
        (body) =>
          (body.tenant === undefined || body.function !== undefined) &&
          (body.limit === undefined) === (body.key === undefined) &&
          (body.limit === undefined || body.function === undefined),
        'give "function", "function" and "tenant", "limit" and "key", or none of them',
      )
      .openapi("PauseRequest"),
  ),
  answer: z
    .object({
      id: z.string(),
      new: z.boolean().openapi({ description: "False: it was paused already." }),
      interrupted: z
        .number()
        .int()
        .openapi({ description: "Runs that are being called now, and let go as soon as the call ends." }),
    })
    .openapi("PauseMade"),
  status: 200,
  problems: ["not-found"],
});

export const resumePause = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/pauses/{id}/resume",
  group: "apps",
  summary: "Resume what is paused",
  description: "Its jobs go on in the order in which they became ready.",
  action: "limits.set",
  params: WorkspacePath.extend({ id: z.string() }),
  query: NOTHING,
  body: jsonBody(z.strictObject({ reason: Reason }).openapi("ResumeRequest"), { required: false }),
  answer: z.object({ id: z.string() }).openapi("Resumed"),
  status: 200,
  problems: ["not-found"],
});
