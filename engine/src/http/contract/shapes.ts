// Shapes that several routes share.
import { z } from "@hono/zod-openapi";

/** App, environment, function: what stands in paths and in a URL's query. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const NAME_RULE = "must begin with a letter or digit and have at most 63 letters, digits, dots, - or _";

export const AppName = z.string().regex(NAME, { message: NAME_RULE }).openapi({ example: "shop" });
export const EnvironmentName = z.string().regex(NAME, { message: NAME_RULE }).openapi({ example: "dev" });

export const WorkspacePath = z.object({ app: AppName, env: EnvironmentName });

/** With milliseconds, in UTC. */
export const Instant = z.iso.datetime().openapi({ example: "2026-10-21T09:00:00.000Z" });

/** Any JSON value, passed on byte for byte as it was received. */
export const AsReceived = z.unknown().openapi({ description: "Any JSON value, byte for byte as it was received." });

export const Failure = z
  .looseObject({
    name: z.string(),
    message: z.string(),
    stack: z.string().optional(),
  })
  .openapi("Failure", { description: "What user code threw, or why the engine could not go on, as data." });

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
          pointer: z.string().openapi({ description: "JSON Pointer into the body, `?name` of the query, `{name}` of the path." }),
          detail: z.string(),
        }),
      )
      .optional(),
    docs: z.string().openapi({ description: "The page that explains the code." }),
  })
  .openapi("Problem", { description: "RFC 9457" });
