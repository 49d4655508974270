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

/** Any JSON value, passed on byte for byte as it was received. */
export const AsReceived = z
  .unknown()
  .openapi({ description: "Any JSON value, byte for byte as it was received." });

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
    title: z.string(),
    status: z.number().int(),
    detail: z.string().openapi({ description: "What happened and what to do, as a sentence." }),
    code: z.string().openapi({ example: "not-found" }),
    instance: z.string().optional().openapi({ description: "Names this occurrence in the engine's log." }),
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
    docs: z.string().openapi({ description: "The page that explains the code." }),
  })
  .openapi("Problem", { description: "RFC 9457" });

export const RunPath = WorkspacePath.extend({ id: z.string().openapi({ description: "The run's id." }) });
