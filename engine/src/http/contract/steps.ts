import { z } from "@hono/zod-openapi";
import { InputKind, InputStatus } from "./inputs.ts";
import { AsReceived, Failure, Instant, orNull } from "./shapes.ts";

export const Times = {
  sent_at: Instant.nullable(),
  first_byte_at: Instant.nullable(),
  received_at: Instant.nullable(),
  app_ms: z.number().nullable().openapi({ description: "Milliseconds inside the app, by its own clock." }),
};
const DispatchTimes = { scheduled_at: Instant.nullable(), leased_at: Instant.nullable(), ...Times };

/** Of a step, or of the run itself. */
export const Attempt = z
  .object({
    attempt: z.number().int().openapi({ description: "From 1." }),
    outcome: z.enum(["ok", "failed", "transport", "protocol", "late", "lost"]),
    failure: orNull(Failure),
    name: z
      .string()
      .nullable()
      .openapi({ description: "Name of the step whose result is `late`; null for all others." }),
    value: AsReceived.openapi({
      description: "What a `late` one returned, up to 64 KiB; it is not the step's.",
    }),
    ...DispatchTimes,
    committed_at: Instant,
  })
  .openapi("Attempt");

export const Step = z
  .object({
    id: z.string(),
    scope: z
      .string()
      .nullable()
      .openapi({ description: "Id of the branch or group it stands in; null is the handler itself." }),
    group: z.string().nullable().openapi({
      description:
        "Id of the entry of a loop that stands for it: code that is called again is shown that one.",
    }),
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
    failure: orNull(Failure),
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
