import { formatInstant, RawJson } from "@durable/protocol/wire";
import type { HistoryEntry } from "../domain/history.ts";
import type { RecordedEntry } from "../domain/recorded-run.ts";
import type { HistoryTexts } from "../store/history-texts.ts";

/** Which attempts an entry quotes. */
const OUTCOMES: Partial<Record<HistoryEntry["kind"], readonly string[]>> = {
  failed: ["failed"],
  unanswered: ["transport", "protocol"],
  lost: ["lost"],
  late: ["late"],
};

/** @param hasLogs What the code of an attempt said follows it. */
export function showHistory(
  page: readonly HistoryEntry[],
  entries: readonly RecordedEntry[],
  texts: HistoryTexts,
  hasLogs: boolean,
) {
  const entryOf = new Map(entries.map((entry) => [entry.id, entry]));
  const textOf = new Map(texts.steps.map((step) => [step.id, step]));
  return page.map(({ atMs, stepId, untilMs, ...entry }) => {
    const step = stepId === null ? undefined : entryOf.get(stepId);
    const { value, failure } = quoted(entry, stepId, texts, textOf);
    return {
      ...entry,
      at: formatInstant(atMs),
      until: untilMs === null ? null : formatInstant(untilMs),
      step: step === undefined ? null : { id: step.id, name: step.name, n: step.n, op: step.op },
      value: asReceived(value),
      failure: asReceived(failure),
      logs:
        hasLogs && entry.kind === "attempt" && step !== undefined
          ? linesOf(texts, step, entry.attempt)
          : null,
    };
  });
}

const NOTHING = { value: null, failure: null };

function quoted(
  { kind, attempt }: Pick<HistoryEntry, "kind" | "attempt">,
  stepId: string | null,
  texts: HistoryTexts,
  textOf: ReadonlyMap<string, HistoryTexts["steps"][number]>,
): { readonly value: string | null; readonly failure: string | null } {
  if (kind === "ended") return { value: texts.output, failure: texts.failure };
  if (kind === "settled") return textOf.get(stepId!) ?? NOTHING;
  const outcomes = OUTCOMES[kind];
  if (outcomes === undefined) return NOTHING;
  return (
    texts.attempts.find(
      (each) => each.step === stepId && each.attempt === attempt && outcomes.includes(each.outcome),
    ) ?? NOTHING
  );
}

function linesOf({ logs }: HistoryTexts, { id, name, n }: RecordedEntry, attempt: number | null) {
  return logs
    .filter((line) => line.step === id && line.attempt === attempt)
    .map((line) => ({ ...line, step: { id, name, n }, data: asReceived(line.data) }));
}

function asReceived(text: string | null): RawJson | null {
  return text === null ? null : new RawJson(text);
}
