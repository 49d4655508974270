import * as z from "zod";
import { beginProblem } from "./begin.ts";
import { EVENTS_PER_SEND_MAX, SLEEP_MS_MAX } from "./limits.ts";
import { refSchema } from "./memo.ts";
import type { Start } from "./messages/event.ts";
import { eventNameSchema, instantSchema, opaqueSchema, tagsSchema } from "./names.ts";

const delaySchema = z.int().min(0).max(SLEEP_MS_MAX);

/** What a client may send. `data` is any JSON value or a RawJson. */
export const clientEventSchema = z
  .object({
    name: eventNameSchema,
    data: z.unknown().optional(),
    id: opaqueSchema.optional(),
    time: instantSchema.optional(),
    delay_ms: delaySchema.optional(),
    at: instantSchema.optional(),
    tags: tagsSchema.optional(),
  })
  .refine((event) => beginProblem(event) === null, {
    error: (issue) => beginProblem(issue.input as Start)!,
    path: ["at"],
  })
  .meta({ id: "ClientEvent" });

/** CloudEvents 1.0, structured JSON; `type` follows the rules of an event's name. */
export const cloudEventSchema = z
  .object({
    specversion: z.literal("1.0"),
    id: opaqueSchema,
    source: z.string().min(1).max(2_048),
    type: eventNameSchema,
    time: z.iso.datetime({ offset: true }).optional(),
    subject: z.string().optional(),
    datacontenttype: z.string().optional(),
    traceparent: z.string().optional(),
    data: z.unknown().optional(),
  })
  .meta({ id: "CloudEvent" });

/** The body of a send, in either form. */
export const sendRequestSchema = z.union([
  z
    .array(z.union([cloudEventSchema, clientEventSchema]))
    .min(1)
    .max(EVENTS_PER_SEND_MAX),
  z.union([cloudEventSchema, clientEventSchema]),
]);

/** An event as a run receives it. */
export const runEventSchema = z
  .object({
    id: opaqueSchema,
    name: z.string().min(1),
    data: z.unknown().optional(),
    ref: refSchema.optional(),
    time: instantSchema,
  })
  .meta({ id: "RunEvent" });
