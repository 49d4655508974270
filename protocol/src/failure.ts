import * as z from "zod";
import { RETRY_DELAY_MS_MAX } from "./limits.ts";

// No upper bounds on texts here: a failure that is too long is cut, by the SDK and again by the engine. Refusing it
// would turn a user's error into a broken line and hide it.
export const failureSchema = z
  .object({
    name: z.string(),
    message: z.string(),
    retry: z.boolean().optional(),
    retry_after_ms: z.int().min(0).max(RETRY_DELAY_MS_MAX).nullish(),
    code: z.string().optional(),
    get cause() {
      return failureSchema.optional();
    },
    step: z.string().optional(),
    stack: z.string().optional(),
    frame: z.string().optional(),
  })
  .meta({ id: "Failure" });
