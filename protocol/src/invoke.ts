import * as z from "zod";
import { callRequestSchema, queryRequestSchema } from "./call.ts";
import { runEventSchema } from "./event.ts";
import { inspectRequestSchema } from "./inspect.ts";
import { memoNextSchema, memoSchema } from "./memo.ts";
import { instantSchema, millisecondsSchema, opaqueSchema, slugSchema, stepIdSchema } from "./names.ts";

export const taskSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("advance"), fence: opaqueSchema }),
  z.object({ kind: z.literal("step"), step: stepIdSchema, fence: opaqueSchema }),
  z.object({ kind: z.literal("compensate"), step: stepIdSchema, fence: opaqueSchema }),
]);

export const budgetSchema = z.object({ ms: millisecondsSchema, steps: z.int().min(1) });

export const invokeRequestSchema = z.object({
  type: z.literal("invoke"),
  deployment: opaqueSchema.optional(),
  app: slugSchema,
  fn: slugSchema,
  rev: opaqueSchema.optional(),
  run: z.object({ id: opaqueSchema, started_at: instantSchema, attempt: z.int().min(2).optional() }),
  task: taskSchema,
  input: z.object({ event: runEventSchema, events: z.array(runEventSchema).optional() }),
  memo: memoSchema,
  memo_next: memoNextSchema,
  attempts: z.record(stepIdSchema, z.int().min(2)),
  budget: budgetSchema,
  known: z.int().min(0).optional(),
  engine: z.object({ environment: slugSchema, capabilities: z.array(z.string()) }).optional(),
  warm: opaqueSchema.optional(),
});

export const engineRequestSchema = z.discriminatedUnion("type", [
  inspectRequestSchema,
  invokeRequestSchema,
  callRequestSchema,
  queryRequestSchema,
]);
