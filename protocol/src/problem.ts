import * as z from "zod";

/** RFC 9457, with a `code` for programs. Unknown members are ignored, as everywhere. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  docs: z.string().optional(),
});
