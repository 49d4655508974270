import { readCron } from "./cron.ts";
import type { CatchUp } from "./due-ticks.ts";
import type { Overlap } from "./overlap.ts";
import type { CronInZone } from "./ticks.ts";

/** When a function is started by the clock, and what comes of ticks that meet something. */
export interface ScheduleRules {
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA time zone. */
  readonly tz: string;
  /** CEL over the event of a tick; one for which it does not hold starts no run. Null: all do. */
  readonly condition: string | null;
  readonly jitterMs: number;
  readonly catchUp: CatchUp;
  readonly overlap: Overlap;
  /** JSON text that its runs get; null: what the tick is. */
  readonly data: string | null;
}

export interface Schedule extends ScheduleRules {
  readonly workspaceId: number;
  readonly id: string;
  readonly functionId: string;
}

const lines = new Map<string, CronInZone>();
const LINES_KEPT_MAX = 10_000;

/** @throws Error for one that sync and API refuse. */
export function lineOf({ cron: text, tz: zone }: Pick<ScheduleRules, "cron" | "tz">): CronInZone {
  const key = `${text} ${zone}`;
  const known = lines.get(key);
  if (known !== undefined) return known;
  const cron = readCron(text);
  if (typeof cron === "string")
    throw new Error(`the cron line ${JSON.stringify(text)} cannot be used: ${cron}`);
  if (lines.size >= LINES_KEPT_MAX) lines.clear();
  const line = { cron, zone };
  lines.set(key, line);
  return line;
}
