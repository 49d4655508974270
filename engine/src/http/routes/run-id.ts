import { isUuid } from "../../domain/ids.ts";
import { notFound } from "../../domain/problems.ts";

/** What cannot be an id is unknown, like any other unknown id. */
export function requireRunId(text: string): string {
  if (!isUuid(text)) throw notFound();
  return text.toLowerCase();
}
