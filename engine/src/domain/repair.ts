/** How a person mends an open step of a run that lives. */
export const REPAIR_ACTIONS = ["retry", "complete", "skip", "resolve", "wake"] as const;

export type RepairAction = (typeof REPAIR_ACTIONS)[number];
