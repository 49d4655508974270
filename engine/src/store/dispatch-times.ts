import { type Column, plain } from "./columns.ts";

/** Epoch seconds, of one dispatch. */
export interface DispatchTimes {
  readonly scheduled: number | null;
  readonly leased: number | null;
  readonly sent: number | null;
  readonly firstByte: number | null;
  readonly received: number | null;
  /** Monotonic milliseconds in the app, as its SDK measured them. */
  readonly appMs: number | null;
}

/** As the last parameters of an item. */
export const TIMES: readonly Column<{ readonly times: DispatchTimes }>[] = [
  plain("float8", (item) => item.times.scheduled),
  plain("float8", (item) => item.times.leased),
  plain("float8", (item) => item.times.sent),
  plain("float8", (item) => item.times.firstByte),
  plain("float8", (item) => item.times.received),
  plain("float4", (item) => item.times.appMs),
];
