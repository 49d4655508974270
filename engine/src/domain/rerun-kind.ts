/** From the start, from a step that somebody names, or from the one that failed. */
export const RERUN_KINDS = ["rerun", "from-step", "retry"] as const;

export type RerunKind = (typeof RERUN_KINDS)[number];
