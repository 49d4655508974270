import type { AnswerOf } from "@durable/engine/api";

export interface Figures {
  /** Failed in the time that was asked for. */
  readonly failed: number;
  /** Under way, as counted last; null before an engine has counted. */
  readonly live: number | null;
  readonly queued: number | null;
}

export function figuresOf({ points, backlog }: Pick<AnswerOf<"getMetrics">, "points" | "backlog">): Figures {
  const last = backlog.at(-1);
  return {
    failed: points.reduce((sum, point) => sum + point.failed, 0),
    live: last === undefined ? null : last.queued + last.running + last.waiting + last.paused,
    queued: last?.queued ?? null,
  };
}
