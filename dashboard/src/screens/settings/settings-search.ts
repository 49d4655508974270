import * as z from "zod/mini";

export const SECTIONS = [
  "keys",
  "secrets",
  "retention",
  "alerts",
  "webhooks",
  "callers",
  "audit",
  "production",
  "export",
  "erase",
  "mcp",
  "doctor",
] as const;

/** What may stand in the address of this screen. */
export const SettingsSearch = z.object({
  /** `keys` where nothing stands. */
  section: z.optional(z.enum(SECTIONS)),
  /** The webhook that is unfolded. */
  id: z.optional(z.coerce.string()),
  /** Of the audit. */
  actor: z.optional(z.coerce.string()),
  action: z.optional(z.coerce.string()),
  target: z.optional(z.coerce.string()),
  cursor: z.optional(z.pipe(z.union([z.string(), z.number()]), z.transform(String))),
});
