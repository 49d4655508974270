import type { AnswerOf } from "@durable/engine/api";
import { PHASE, type Phase } from "../words/phase.ts";
import { duration } from "../words/time.ts";

type RunTime = NonNullable<AnswerOf<"getRunTrace">["time"]>;
export type TimeSum = RunTime["sums"][number];

/** The time since it was read, at what the run is at since then. Milliseconds. */
export function grownTime(time: RunTime, phase: Phase, limitId: string | null, ms: number): RunTime {
  if (ms <= 0) return time;
  const isThat = (sum: TimeSum) => sum.phase === phase && (sum.limit?.id ?? null) === limitId;
  const known = time.sums.find(isThat) ?? { phase, limit: null, ms: 0 };
  const sums = [...time.sums.filter((sum) => sum !== known), { ...known, ms: known.ms + ms }];
  return { ...time, ms: time.ms + ms, sums: sums.sort((a, b) => b.ms - a.ms) };
}

/** Less than this of a run is not worth a word. */
const SAID_FROM = 0.01;
const PARTS_MAX = 4;

/** `12.4 s: 9.1 s waiting at the limit "per user" for 42, 0.4 s engine, 2.9 s your code`. */
export function sumLine({ ms, sums }: Pick<RunTime, "ms" | "sums">): string {
  const worth = sums.filter((sum) => sum.ms >= Math.max(1, ms * SAID_FROM));
  const said = worth.slice(0, PARTS_MAX).map((sum) => `${duration(sum.ms)} ${whatFor(sum)}`);
  return said.length === 0 ? duration(ms) : `${duration(ms)}: ${said.join(", ")}`;
}

export function whatFor({ phase, limit }: Pick<TimeSum, "phase" | "limit">): string {
  if (limit === null) return PHASE[phase].said;
  const whose = limit.key === null || limit.key === undefined ? "" : ` for ${JSON.stringify(limit.key)}`;
  return `waiting at the limit ${limit.name}${whose}`;
}
