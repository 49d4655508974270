import type { AnswerOf } from "../../http/contract/table.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";

type RunTime = NonNullable<AnswerOf<"getRunTrace">["time"]>;
type Sum = RunTime["sums"][number];

/** `12.4 s: 9.1 s waiting on concurrency of "checkout" for 42, 0.4 s engine, 2.9 s your code`. */
export function describeTime({ ms, sums }: RunTime): string {
  const parts = sums
    .filter((sum) => sum.ms >= 0.05)
    .map((sum) => `${formatDuration(sum.ms)} ${WORDS[sum.phase](sum)}`);
  return parts.length === 0 ? formatDuration(ms) : `${formatDuration(ms)}: ${parts.join(", ")}`;
}

const WORDS: Record<Sum["phase"], (sum: Sum) => string> = {
  app: () => "your code",
  network: () => "network",
  engine: () => "engine",
  queue: () => "in the queue",
  limit: ({ limit }) => `waiting on ${oneLine(limit?.name ?? "a limit")}${keyOf(limit)}`,
  retry: () => "between attempts",
  child: () => "waiting for runs it invoked",
  wait: () => "waiting for events or people",
  sleep: () => "asleep",
  begin: () => "before it began",
  paused: () => "paused",
  lost: () => "held by an engine that died",
  idle: () => "unexplained",
};

function keyOf(limit: Sum["limit"]): string {
  return limit?.key == null ? "" : ` for ${oneLine(JSON.stringify(limit.key))}`;
}
