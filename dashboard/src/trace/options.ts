/** How the waterfall is looked at. It stands in the address, so the screen that shows it keeps it. */
export interface TraceOptions {
  /** Id of the selected row. */
  readonly span?: string | undefined;
  /** `1200-5400`: milliseconds since the run's start. */
  readonly zoom?: string | undefined;
  /** Idle time is squeezed, or not; where nothing is said, when it would take most of the width. */
  readonly fold?: 0 | 1 | undefined;
  readonly critical?: 1 | undefined;
  readonly failed?: 1 | undefined;
  /** The instant as of which everything is shown. */
  readonly at?: string | undefined;
  /** The newest stays in view. */
  readonly follow?: 1 | undefined;
}

export type ChangeOptions = (change: TraceOptions) => void;
