/**
 * `finding`: nothing is deleted yet. `erasing`: it is, or waits for runs that are ending. `counted`: it was a preview. `refused`: runs
 * of theirs live, and were not to be cancelled; nothing was deleted. `aborted`: somebody called it off; nothing was deleted.
 */
export const ERASURE_STATUSES = ["finding", "erasing", "completed", "counted", "refused", "aborted"] as const;
export type ErasureStatus = (typeof ERASURE_STATUSES)[number];
