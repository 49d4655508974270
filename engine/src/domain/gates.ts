/** What holds a job back before it is leased: so many at a time, or so many starts per period, for one value of a key. */
export interface Gate {
  readonly id: string;
  readonly limitId: string;
  /** Passed by every lease, held by the run until its end, or only passed by the start of the run. */
  readonly unit: "step" | "run" | "start";
  /** The key's value as JSON; null for a limit without a key. */
  readonly key: string | null;
}

/** The gates of one run, named when it is born. */
export interface RunGates {
  readonly run: readonly Gate[];
  readonly step: readonly Gate[];
  /** What its start costs at its throttle. */
  readonly units: number;
}
