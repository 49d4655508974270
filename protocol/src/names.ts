// Shapes of names and opaque strings, used by every schema. A pattern here is a pattern in the JSON Schema.
import * as z from "zod";
import { EVENT_NAME, EVENT_NAME_WITH_WILDCARDS, eventNameProblem, SENT_EVENT_NAME } from "./event-name.ts";
import { INSTANT, parseInstant } from "./instant.ts";
import {
  EXPRESSION_CHARACTERS_MAX,
  ID_CHARACTERS_MAX,
  SEARCHABLE_PATHS_MAX,
  STEP_NAME_BYTES_MAX,
  TAGS_MAX,
} from "./limits.ts";
import { SEARCHABLE_PATH, TAG } from "./search.ts";
import { SLUG, slugProblem } from "./slug.ts";
import { STEP_ID, stepNameProblem } from "./step-id.ts";

/** Of apps and functions. */
export const slugSchema = z.string().regex(SLUG, slugProblem("")!);

/** Ids, fences, revisions, cursors: whatever their maker likes, never looked into. */
export const opaqueSchema = z.string().min(1).max(ID_CHARACTERS_MAX);

export const stepIdSchema = z.string().regex(STEP_ID, "must be 32 lower-case hex digits");

// A JSON Schema can say most of the rule; NFC and the length in bytes are in the check.
export const stepNameSchema = z
  .string()
  .refine((name) => stepNameProblem(name) === null, {
    error: (issue) => stepNameProblem(issue.input as string) ?? undefined,
  })
  .meta({
    minLength: 1,
    maxLength: STEP_NAME_BYTES_MAX,
    pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]+$",
    description: "NFC, at most 200 bytes of UTF-8",
  });

export const instantSchema = z
  .string()
  .refine(
    (text) => parseInstant(text) !== null,
    "must be an RFC 3339 instant in UTC, such as 2026-10-21T09:00:00.000Z",
  )
  .meta({ format: "date-time", pattern: INSTANT.source });

export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 lower-case hex digits");

/** What a client may send. */
export const eventNameSchema = z
  .string()
  .refine((name) => eventNameProblem(name) === null, {
    error: (issue) => eventNameProblem(issue.input as string) ?? undefined,
  })
  .meta({ pattern: SENT_EVENT_NAME.source });

/** What a function or a step may listen to. */
export const awaitedEventNameSchema = z
  .string()
  .regex(EVENT_NAME, "must be 1 to 200 characters out of A-Z a-z 0-9 _ . : / and -, without wildcards");
export const eventPatternSchema = z
  .string()
  .regex(
    EVENT_NAME_WITH_WILDCARDS,
    "must be an event name (A-Z a-z 0-9 _ . : / and -), in which * stands for any characters",
  );

/** A CEL expression or a cron line: its grammar is the engine's business. */
export const expressionSchema = z.string().min(1).max(EXPRESSION_CHARACTERS_MAX);

/** Whole milliseconds from 0. */
export const millisecondsSchema = z.int().min(0);

/** Words that runs are found by. */
export const tagsSchema = z
  .array(z.string().regex(TAG, "must be 1 to 100 of A-Z a-z 0-9 _ . : / - and begin with none of . : / -"))
  .max(TAGS_MAX);

/** Paths to values of events that runs are found by. */
export const searchableSchema = z
  .array(z.string().regex(SEARCHABLE_PATH, "must be a path into the event, such as data.user.id"))
  .max(SEARCHABLE_PATHS_MAX);
