import { LOG_TEXT_BYTES_MAX, type LogLine, RawJson } from "@durable/protocol/wire";
import { cut } from "./trim-failure.ts";

/** Lines within the protocol's bounds, cut and never refused: what a step says is no reason to lose what it did. */
export function trimLogs(lines: readonly LogLine[]): LogLine[] {
  return lines.map(({ data, ...line }) => {
    const trimmed: LogLine = { ...line, message: cut(line.message, LOG_TEXT_BYTES_MAX) };
    if (data === undefined) return trimmed;
    const { text } = data as RawJson;
    const isKept = cut(text, LOG_TEXT_BYTES_MAX) === text;
    // Cut JSON is none any more: what is left of it is shown as text, in which every quote takes two bytes.
    trimmed.data = isKept ? data : new RawJson(JSON.stringify(cut(text, LOG_TEXT_BYTES_MAX / 2 - 1)));
    return trimmed;
  });
}
