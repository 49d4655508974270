import * as z from "zod";
import { runEventSchema } from "./event.ts";
import { failureSchema } from "./failure.ts";
import { QUERIES_PER_RUN_MAX } from "./limits.ts";
import { memoSchema } from "./memo.ts";
import { digestSchema, instantSchema, millisecondsSchema, opaqueSchema, slugSchema } from "./names.ts";

const common = {
  app: slugSchema,
  fn: slugSchema,
  rev: opaqueSchema.optional(),
  budget: z.object({ ms: millisecondsSchema }),
};

export const callRequestSchema = z.object({
  type: z.literal("call"),
  ...common,
  call: z.object({ id: opaqueSchema, started_at: instantSchema }),
  input: z.unknown(),
});

export const queryRequestSchema = z.object({
  type: z.literal("query"),
  ...common,
  run: z.object({ id: opaqueSchema, started_at: instantSchema }),
  event: runEventSchema,
  events: z.array(runEventSchema).optional(),
  memo: memoSchema,
  query: z.object({ name: opaqueSchema, input: z.unknown() }),
  engine: z.object({ environment: slugSchema, capabilities: z.array(z.string()) }).optional(),
});

const answerCommon = { app_ms: z.number().min(0).optional(), manifest: digestSchema.optional() };

export const callAnswerSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("done"), ...answerCommon, output: z.unknown().optional() }),
  z.object({ status: z.literal("error"), ...answerCommon, error: failureSchema }),
  z.object({
    status: z.literal("unknown_query"),
    ...answerCommon,
    known: z.array(opaqueSchema).max(QUERIES_PER_RUN_MAX),
  }),
]);
