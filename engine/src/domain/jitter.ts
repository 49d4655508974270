import { createHash } from "node:crypto";

/** How long after its tick a run begins: spread evenly below `jitterMs`, and the same whenever it is asked for. */
export function jitterOf(scheduleId: string, tickMs: number, jitterMs: number): number {
  const hash = createHash("sha256").update(`${scheduleId}\x1f${tickMs}`).digest();
  return Math.floor((hash.readUInt32BE(0) / 2 ** 32) * jitterMs);
}
