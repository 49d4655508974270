import { z } from "@hono/zod-openapi";

/** Of a list that is read page after page. */
export function pageQuery<Cursor extends z.ZodType>(most: number, usual: number, cursor: Cursor) {
  return {
    limit: z.coerce.number<number | string>().int().min(1).max(most).default(usual),
    cursor: cursor.optional().openapi({ description: "`next` of the page before." }),
  };
}

/** A cursor that is a row's number. */
export const NumberCursor = z.coerce.number<number | string>().int().min(1).max(2_147_483_647);

export const Next = z
  .string()
  .nullable()
  .openapi({ description: "The cursor of the next page; null on the last one." });
