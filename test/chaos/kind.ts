export interface Kind {
  readonly name: string;
  /** Runs in which it must have come to its end, in five minutes. */
  readonly minimum: number;
  /** Selects (workspace_id, run_id) of those runs. */
  readonly runs: string;
}
