/** Milliseconds by a clock that never jumps. */
export const monotonicMs: () => number = () => performance.now();

/** Milliseconds since `startMs`, to the microsecond. */
export function elapsedMs(startMs: number): number {
  return Math.round((performance.now() - startMs) * 1000) / 1000;
}

/** What signatures are dated with: whole Unix seconds. */
export function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
