import {
  LOG_BYTES_PER_ANSWER_MAX,
  LOG_LINES_PER_STEP_MAX,
  LOG_TEXT_BYTES_MAX,
  type LogLine,
  RawJson,
} from "@durable/protocol/wire";
import { cut } from "./cut.ts";
import { toJson } from "./value.ts";

export type LogLevel = LogLine["level"];

/** What log lines of one answer may still take: with more than that the answer itself would be refused. */
export interface LogBudget {
  bytesLeft: number;
}

export function newLogBudget(): LogBudget {
  return { bytesLeft: LOG_BYTES_PER_ANSWER_MAX };
}

/** A line's level and instant, and what stands around it in the answer. */
const LINE_BYTES = 80;

/** What one attempt of a body says. It is bounded, and what was left out is told in its last line. */
export class LogLines {
  readonly #budget: LogBudget;
  #lines: LogLine[] | null = null;
  #leftOutCount = 0;

  constructor(budget: LogBudget) {
    this.#budget = budget;
  }

  /** Never throws: a step must not fail for what it says about itself. */
  add(level: LogLevel, message: string, data?: unknown): void {
    this.#lines ??= [];
    const lines = this.#lines;
    const text = cut(String(message), LOG_TEXT_BYTES_MAX);
    const json = data === undefined ? undefined : asJson(data);
    const bytes = LINE_BYTES + 3 * (text.length + (json?.text.length ?? 0));
    if (lines.length === LOG_LINES_PER_STEP_MAX || bytes > this.#budget.bytesLeft) {
      this.#leftOutCount += 1;
      return;
    }
    this.#budget.bytesLeft -= bytes;
    const line: LogLine = { level, message: text, at: new Date().toISOString() };
    if (json !== undefined) line.data = json;
    lines.push(line);
  }

  /** All of them once the attempt is over; undefined when there are none, as nearly always. */
  end(): LogLine[] | undefined {
    if (this.#lines === null) return undefined;
    const lines = [...this.#lines];
    if (this.#leftOutCount > 0) {
      if (lines.length === LOG_LINES_PER_STEP_MAX) {
        lines.pop();
        this.#leftOutCount += 1;
      }
      const message = `${this.#leftOutCount} more log lines were left out: at most ${LOG_LINES_PER_STEP_MAX} are kept of an attempt, and 1 MiB of an answer.`;
      lines.push({ level: "warn", message, at: new Date().toISOString() });
    }
    return lines;
  }
}

function asJson(data: unknown): RawJson | undefined {
  try {
    const shown =
      data instanceof Error ? { name: data.name, message: data.message, stack: data.stack } : data;
    const json = toJson("A log line has", shown);
    if (json === undefined) return undefined;
    if (cut(json.text, LOG_TEXT_BYTES_MAX) === json.text) return json;
    // Cut JSON is none any more: what is left of it is shown as text, in which every quote takes two bytes.
    return new RawJson(JSON.stringify(cut(json.text, LOG_TEXT_BYTES_MAX / 2 - 1)));
  } catch (error) {
    return new RawJson(JSON.stringify(cut(`[${(error as Error).message}]`, LOG_TEXT_BYTES_MAX / 8)));
  }
}
