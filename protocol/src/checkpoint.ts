import * as z from "zod";
import { OPS_PER_ANSWER_MAX } from "./limits.ts";
import { memoSchema } from "./memo.ts";
import { opaqueSchema } from "./names.ts";
import { opSchema } from "./ops/op.ts";

const headSchema = z.int().min(0).max(0x7fff_ffff);
const seqSchema = z.int().min(1).max(0x7fff_ffff);

export const checkpointRequestSchema = z.object({
  run: opaqueSchema,
  fence: opaqueSchema,
  seq: seqSchema,
  known: headSchema,
  rests: z.boolean().optional(),
  ops: z.array(opSchema).max(OPS_PER_ANSWER_MAX).optional(),
});

export const checkpointAnswerSchema = z.object({
  seq: seqSchema,
  known: headSchema,
  memo: memoSchema,
  yield: z.boolean().optional(),
});
