// Shapes that several routes share.
import { z } from "@hono/zod-openapi";
import { RUN_STATUSES } from "../../domain/run-status.ts";

/** Of apps and environments: the protocol's rule, for they stand in URLs, between slashes. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;
const NAME_RULE = "must be 1 to 100 of A-Z a-z 0-9 _ . - and not begin with . or -";

export const AppName = z.string().regex(NAME, NAME_RULE).openapi({ example: "shop" });
export const EnvironmentName = z.string().regex(NAME, NAME_RULE).openapi({ example: "dev" });

export const WorkspacePath = z.object({ app: AppName, env: EnvironmentName });

/** With milliseconds, in UTC. */
export const Instant = z.iso.datetime().openapi({ example: "2026-10-21T09:00:00.000Z" });

/** So many transactions were over when it was read: comparable whatever was read, by whom. */
export const Rev = z.number().openapi({
  description:
    "Of two states of one thing, in lists and in streams, the one with the higher was read later. It counts what happened in the database, so it also grows for what has not changed.",
});

/** Any JSON value, passed on byte for byte as it was received. */
export const AsReceived = z
  .unknown()
  .openapi({ description: "Any JSON value, byte for byte as it was received." });

/**
 * A named shape, or null. `Shape.nullable()` would not say so in the document: whatever uses the name first decides for all
 * whether it can be null, and a description beside it makes a type that is an object and null at once.
 */
export function orNull<Shape extends z.ZodType>(shape: Shape, description?: string) {
  const either = z.union([shape, z.null()]);
  return description === undefined ? either : either.openapi({ description });
}

/** What a run last published by step.setState. */
export const RunState = AsReceived.openapi({
  description: "What the run last said of itself (`step.setState`); null when it never did.",
});

export const Failure = z
  .looseObject({
    name: z.string(),
    message: z.string(),
    stack: z.string().optional(),
  })
  .openapi("Failure", { description: "What user code threw, or why the engine could not go on, as data." });

export const OtherApp = z.string().nullable().openapi({
  description: "Of which other app of the same environment it is, and is asked for; null: of the same.",
});

export const RunStatus = z.enum(RUN_STATUSES).openapi("RunStatus");

export const Circuit = z
  .object({
    state: z.enum(["closed", "open", "limited"]).openapi({
      description:
        "`open`: the endpoint does not answer, and nothing is sent to it but probes. `limited`: it is back after an " +
        "outage, or asked for less, and gets a few requests at a time.",
    }),
    since: Instant.nullable(),
    frozen_runs: z
      .number()
      .int()
      .openapi({ description: "Runs that wait for it, at no cost to their attempts." }),
    next_probe_at: Instant.nullable(),
    last_error: z.string().nullable(),
  })
  .openapi("Circuit");

export const WAIT_S_MAX = 60;

export const WaitS = z.coerce
  .number<number | string>()
  .min(0)
  .max(WAIT_S_MAX)
  .default(0)
  .openapi({ description: "Seconds to wait for the run's end before answering." });

export const ProblemAnswer = z
  .object({
    type: z.string().openapi({ example: "urn:durable:problem:not-found" }),
    code: z.string().openapi({ example: "not-found" }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().openapi({ description: "What happened this time, as a sentence." }),
    fix: z.string().openapi({ description: "What to do about this code." }),
    docs: z.string().openapi({ description: "The page that explains the code." }),
    requestId: z
      .string()
      .openapi({ description: "Names this occurrence: also in x-request-id and in the engine's log." }),
    errors: z
      .array(
        z.object({
          pointer: z.string().openapi({
            description: "JSON Pointer into the body, `?name` of the query, `{name}` of the path.",
          }),
          detail: z.string(),
        }),
      )
      .optional(),
    confirm: z.string().optional().openapi({
      description: "Of a 428: send the same request again with it as `durable-confirm`, within 30 s.",
    }),
  })
  .openapi("Problem", { description: "RFC 9457" });

export const RunPath = WorkspacePath.extend({ id: z.string().openapi({ description: "The run's id." }) });

/** Of an action of a person. */
export const Reason = z.string().max(1_000).optional().openapi({
  description: "Kept in the audit log, for whoever asks later.",
});
