import * as z from "zod";
import { failureSchema } from "./failure.ts";
import { BLOB_BYTES_MAX, MEMO_ENTRIES_MAX } from "./limits.ts";
import { opaqueSchema, stepIdSchema } from "./names.ts";

export const refSchema = z
  .object({
    id: opaqueSchema,
    bytes: z.int().min(0).max(BLOB_BYTES_MAX),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits"),
  })
  .meta({ id: "Ref" });

/** The closed list of ops; `ops/op.ts` holds their schemas. */
export const opNameSchema = z.enum([
  "run",
  "compensate",
  "plan",
  "join",
  "fetch",
  "sleep",
  "wait",
  "signal",
  "input",
  "invoke",
  "send",
  "start",
  "group",
  "branch",
  "state",
]);

/** What is recorded: where one op serves two kinds of step, it says which. */
export const recordedOpSchema = z.enum([...opNameSchema.options, "spawn", "approval"]);

const common = { id: stepIdSchema, op: recordedOpSchema };

export const memoEntrySchema = z
  .discriminatedUnion("st", [
    z.object({ ...common, st: z.literal("ok"), v: z.unknown().optional(), ref: refSchema.optional() }),
    z.object({ ...common, st: z.literal("err"), error: failureSchema }),
    z.object({ ...common, st: z.literal("pending") }),
  ])
  .meta({ id: "MemoEntry" });

export const memoSchema = z.array(memoEntrySchema).max(MEMO_ENTRIES_MAX);
const cursorSchema = z.string().min(1).max(1_000);
export const memoNextSchema = cursorSchema.nullable();

export const memoPageRequestSchema = z.object({ run: opaqueSchema, fence: opaqueSchema, next: cursorSchema });
export const memoPageSchema = z.object({ memo: memoSchema, memo_next: memoNextSchema });
export const blobRequestSchema = z.object({ run: opaqueSchema, fence: opaqueSchema, ref: opaqueSchema });
