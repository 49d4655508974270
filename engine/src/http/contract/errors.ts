import { z } from "@hono/zod-openapi";
import { ERROR_STATES } from "../../store/error-groups.ts";
import { Next, pageQuery } from "./page.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

export const ErrorState = z.enum(ERROR_STATES).openapi("ErrorState", {
  description: "`resolved` is open again when the error comes back; `muted` stays muted.",
});

export const ErrorGroup = z
  .object({
    fingerprint: z.string().openapi({ example: "3f2a90c1d4e5b678" }),
    name: z.string(),
    message: z.string().openapi({ description: "Of the last one." }),
    step: z
      .string()
      .nullable()
      .openapi({ description: "The name of the step it comes from; null is the function's own code." }),
    frame: z.string().nullable().openapi({
      description: "The place in the app's code, where the failure tells it.",
      example: "src/pay.ts:12:9",
    }),
    functions: z.array(z.string()),
    count: z
      .number()
      .int()
      .openapi({ description: "Ends and pauses that it caused; a run counts each time." }),
    runs_in_trouble: z.number().int().openapi({
      description:
        "Of the newest 1,000 of its runs: those that failed with no rerun that completed, and those that are paused.",
    }),
    first_seen: Instant,
    last_seen: Instant,
    state: ErrorState,
    state_at: Instant.nullable(),
    state_by: z.string().nullable().openapi({ description: "Null where it came back by itself." }),
    state_reason: z.string().nullable(),
  })
  .openapi("ErrorGroup");

export const ERRORS_PER_PAGE_MAX = 200;
export const ERROR_VERSIONS_MAX = 50;
export const ERROR_SAMPLES_MAX = 10;

const ErrorCursor = z.string().regex(/^\d{1,18}\.[0-9a-f]{16}$/, "is not the `next` of a page");

export const listErrors = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/errors",
  group: "runs",
  summary: "List the errors that runs failed or paused with, in groups, the last seen first",
  action: "errors.read",
  params: WorkspacePath,
  query: z.strictObject({
    state: ErrorState.optional(),
    function: z.string().max(200).optional(),
    ...pageQuery(ERRORS_PER_PAGE_MAX, 50, ErrorCursor),
  }),
  body: null,
  answer: z
    .object({
      errors: z.array(ErrorGroup),
      next: Next,
    })
    .openapi("Errors"),
  status: 200,
  problems: ["not-found"],
});

const ErrorPath = WorkspacePath.extend({
  fingerprint: z.string().openapi({ description: "The group's fingerprint." }),
});

export const getError = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/errors/{fingerprint}",
  group: "runs",
  summary: "One group of errors, with its versions and runs",
  description: "All its runs: `GET .../runs?error=FINGERPRINT`.",
  action: "errors.read",
  params: ErrorPath,
  query: NOTHING,
  body: null,
  answer: ErrorGroup.extend({
    versions: z
      .array(
        z
          .object({
            function: z.string(),
            version: z.number().int(),
            deployment: z.string().nullable(),
            count: z.number().int(),
            first_seen: Instant,
            last_seen: Instant,
          })
          .openapi("ErrorVersion"),
      )
      .openapi({ description: `The last seen first, ${ERROR_VERSIONS_MAX} at most.` }),
    samples: z.array(z.string()).openapi({
      description: `Runs that this was the last error of, the newest first, ${ERROR_SAMPLES_MAX} at most.`,
    }),
  }).openapi("ErrorDetail"),
  status: 200,
  problems: ["not-found"],
});

/** What a person says of a group. */
const TRIAGE = {
  method: "post",
  group: "runs",
  action: "errors.triage",
  params: ErrorPath,
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({
        reason: z.string().max(1_000).optional().openapi({ description: "Kept in the audit log." }),
      })
      .openapi("ErrorTriage"),
    { required: false },
  ),
  answer: z.object({ fingerprint: z.string(), state: ErrorState, was: ErrorState }).openapi("ErrorTriaged"),
  status: 200,
  problems: ["not-found"],
} as const;

export const resolveError = row({
  ...TRIAGE,
  path: "/v1/apps/{app}/{env}/errors/{fingerprint}/resolve",
  summary: "Say that an error is mended; it is open again when it comes back",
});

export const muteError = row({
  ...TRIAGE,
  path: "/v1/apps/{app}/{env}/errors/{fingerprint}/mute",
  summary: "Say that an error is of no interest; it is counted, and stays muted",
});

export const reopenError = row({
  ...TRIAGE,
  path: "/v1/apps/{app}/{env}/errors/{fingerprint}/reopen",
  summary: "Open an error again that was resolved or muted",
});
