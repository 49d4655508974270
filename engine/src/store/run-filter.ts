// Which runs are meant: one filter for lists, counts and what is done to many.
import { EVERY_RUN, type RunQuery } from "../domain/run-query.ts";

/** A query whose ids are known. */
export interface RunFilter extends Omit<RunQuery, "anyId"> {
  /** An event's own id. */
  readonly eventId: string | null;
  /** These alone. */
  readonly ids: readonly string[] | null;
}

const { anyId: _, ...EVERY } = EVERY_RUN;

export const NO_FILTER: RunFilter = { ...EVERY, ids: null };
