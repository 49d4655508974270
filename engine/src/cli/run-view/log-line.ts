import type { AnswerOf } from "../../http/contract/table.ts";
import { oneLine } from "../terminal/fit.ts";

export type LogLine = AnswerOf<"listRunLogs">["logs"][number];

/** What apps write is shown, never obeyed: nothing in it moves the cursor or colours the terminal. */
export function renderLogLine({
  at,
  level,
  step,
  attempt,
  message,
  data,
}: Pick<LogLine, "at" | "level" | "step" | "attempt" | "message" | "data">): string {
  const tries = attempt === 1 ? "" : ` (attempt ${attempt})`;
  const more = data === null || data === undefined ? "" : ` ${JSON.stringify(data)}`;
  return `${at} ${level.toUpperCase().padEnd(5)} ${oneLine(step.name)}${tries}: ${oneLine(`${message}${more}`)}`;
}
