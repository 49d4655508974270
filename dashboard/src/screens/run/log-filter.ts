import type { AnswerOf } from "@durable/engine/api";

export type LogLine = AnswerOf<"listRunLogs">["logs"][number];
export type LogLevel = LogLine["level"];

export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Of this level or a graver one, with this text in message, data or step's name. */
export function filterLines(
  lines: readonly LogLine[],
  level: LogLevel | undefined,
  find: string | undefined,
): readonly LogLine[] {
  const least = level === undefined ? 0 : LOG_LEVELS.indexOf(level);
  const text = find?.trim().toLowerCase() ?? "";
  if (least === 0 && text === "") return lines;
  return lines.filter(
    (line) => LOG_LEVELS.indexOf(line.level) >= least && (text === "" || textOf(line).includes(text)),
  );
}

function textOf({ message, data, step }: LogLine): string {
  const said = data === null || data === undefined ? "" : JSON.stringify(data);
  return `${step.name}\n${message}\n${said}`.toLowerCase();
}

/** Ids grow, and are longer than numbers of JavaScript. */
export function isLater(a: LogLine, b: LogLine): boolean {
  return a.id.length === b.id.length ? a.id > b.id : a.id.length > b.id.length;
}

/** When each step said something. */
export function ticksByStep(lines: readonly LogLine[]): Map<string, number[]> {
  const ticks = new Map<string, number[]>();
  for (const { step, at } of lines) {
    const of = ticks.get(step.id);
    if (of === undefined) ticks.set(step.id, [Date.parse(at)]);
    else of.push(Date.parse(at));
  }
  return ticks;
}

/** @param attempt Null: of all its attempts. */
export function filterByStep(
  lines: readonly LogLine[],
  step: string,
  attempt: number | null,
): readonly LogLine[] {
  return lines.filter((line) => line.step.id === step && (attempt === null || line.attempt === attempt));
}
