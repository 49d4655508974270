import { z } from "@hono/zod-openapi";
import type { Action } from "../../auth/actions.ts";
import type { ProblemCode } from "../../domain/problems.ts";

/**
 * One row of the route table: everything about a route but what it does. The server mounts it, the OpenAPI document
 * prints it, the client is typed by it.
 */
export interface Row {
  readonly method: "get" | "post" | "put" | "delete";
  /** As OpenAPI writes it: `/v1/apps/{app}`. */
  readonly path: string;
  readonly group:
    | "events"
    | "apps"
    | "functions"
    | "runs"
    | "schedules"
    | "inputs"
    | "dispatches"
    | "keys"
    | "metrics"
    | "health";
  readonly summary: string;
  readonly description?: string;
  /** What the actor must be allowed to do; one table in auth/actions.ts says who is. */
  readonly action: Action;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Null: the route reads no body. */
  readonly body: {
    readonly schema: z.ZodType;
    readonly contentTypes: readonly string[];
    /** JSON is read under any content type, or none: who calls may not be able to say one. */
    readonly anyContentType?: true;
    readonly maxBytes: number;
    readonly required: boolean;
    /** `bytes`: the handler reads them itself, because it keeps parts of them as received. */
    readonly read: "json" | "bytes";
  } | null;
  readonly answer: z.ZodType;
  /** The answer is a stream of server-sent events, each of the shape of `answer`. */
  readonly streams?: true;
  /** Pages of any origin may read the answer; they bring a run token, and no cookie. */
  readonly isForPages?: true;
  /** The answer is a text, of the type this chooses for what is accepted; null accepts anything. Else it is JSON. */
  readonly text?: (accept: string | null) => string;
  readonly status: 200 | 201;
  /** Answered with 202 when this says so: what was asked for goes on. */
  readonly isPending?: (answer: never) => boolean;
  /** The answer is signed as dispatches are: only for actors of kind `app`. */
  readonly isSigned?: true;
  /** Beside those every route can answer with. */
  readonly problems: readonly ProblemCode[];
}

export function row<const Definition extends Row>(definition: Definition): Definition {
  return definition;
}

export const JSON_BODY_BYTES_MAX = 64 * 1024;

/** A small JSON body, read and checked before the handler sees it. */
export function jsonBody<Body extends z.ZodType>(schema: Body, options: { required?: boolean } = {}) {
  const { required = true } = options;
  return {
    schema,
    contentTypes: ["application/json"],
    maxBytes: JSON_BODY_BYTES_MAX,
    required,
    read: "json",
  } as const;
}

export const NOTHING = z.strictObject({});
