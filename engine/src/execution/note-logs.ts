import type { CompensateOp, RunOp } from "@durable/protocol/wire";
import { rawText } from "./journal-entry.ts";
import type { OutcomeDraft } from "./outcome-draft.ts";

/** What the code said in this attempt goes where its end goes, whatever that is. */
export function noteLogs({ id, logs }: RunOp | CompensateOp, attempt: number, draft: OutcomeDraft): void {
  if (logs === undefined || logs.length === 0) return;
  const lines = logs.map(({ level, message, data, at }) => ({
    level,
    message,
    data: rawText(data) ?? undefined,
    at: Date.parse(at),
  }));
  draft.effects.push({ kind: "log", stepId: id, data: JSON.stringify({ attempt, lines }) });
}
