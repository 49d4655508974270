import * as z from "zod/mini";

/** What may stand in the address of this screen. */
export const BulksSearch = z.object({});
