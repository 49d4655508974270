export interface ChartSeries {
  readonly label: string;
  /** One of our tokens, such as `var(--phase-app)`. */
  readonly color: string;
  /** At each time of the chart; null where it is not known. */
  readonly values: readonly (number | null)[];
  /** For who does not tell colours apart. */
  readonly isDashed?: boolean;
}

export interface ChartData {
  /** Ascending, evenly spaced: the beginning of each step. */
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Lines; areas on top of each other; bars on top of each other. */
  readonly shape: "lines" | "areas" | "bars";
  /** In the table and beside the names. */
  readonly format: (value: number) => string;
  /** Along the axis, where there is little room. */
  readonly axis: (value: number) => string;
  /** Of what the axis is: things that are counted have no halves, and times go by seconds and minutes. */
  readonly unit?: "count" | "ms";
  /** Charts of one key show the same instant. */
  readonly syncKey?: string;
  /** Somebody clicked on a step, or drew over some. */
  readonly onPick?: ((fromMs: number, toMs: number) => void) | undefined;
}

/** From one time to the next. */
export function stepMsOf({ timesMs }: Pick<ChartData, "timesMs">): number {
  return timesMs.length < 2 ? 60_000 : timesMs[1]! - timesMs[0]!;
}
