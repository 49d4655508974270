/** Whose jobs count together where a function is fair. */
export interface Tenant {
  readonly id: string;
  /** Within which it gets its share. */
  readonly queueId: string;
  readonly functionId: string;
  /** The key's value as JSON. */
  readonly key: string;
  /** Its share, beside those of the others. */
  readonly weight: number;
}

/** When the jobs of one run go, beside others that are ready as well. */
export interface RunOrder {
  /** Seconds by which they go earlier; below 0, later. */
  readonly priority: number;
  readonly tenant: Tenant | null;
}
