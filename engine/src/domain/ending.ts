/** How a run is going to end that has steps to undo first. */
export interface Ending {
  readonly kind: "failing" | "cancelling";
  /** Why it failed; JSON text. */
  readonly failure: string | null;
}

/** What it ends as when nothing is left to undo. */
export const ENDS_AS = { failing: "failed", cancelling: "cancelled" } as const satisfies Record<
  Ending["kind"],
  string
>;
