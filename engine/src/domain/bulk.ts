export const BULK_ACTIONS = ["cancel", "pause", "resume", "rerun", "retry"] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** `canary` and `running`: items are done. `held`: the canary is over, and a person is to continue it. */
export const BULK_STATUSES = ["canary", "held", "running", "paused", "completed", "aborted"] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

/** `refused`: its run cannot be acted on so, such as one that has ended meanwhile. */
export const BULK_ITEM_STATUSES = ["waiting", "done", "refused"] as const;
export type BulkItemStatus = (typeof BULK_ITEM_STATUSES)[number];
