// What waits for people, or for far longer than it should.
import type { Targets } from "../../here/targets.ts";
import { countOf } from "../../words/number.ts";
import { duration } from "../../words/time.ts";
import { pauseSaid } from "../../words/wait-pieces.ts";
import { type Attention, item, type Seen } from "./attention-item.ts";

/** From then on a queue is not just busy. */
const OLD_MS = 60_000;

export function ofBacklog({ backlog = [], alerts = [] }: Seen, targets: Targets): readonly Attention[] {
  const last = backlog.at(-1);
  const oldestMs = last?.oldest_queued_ms ?? 0;
  if (last === undefined || oldestMs <= OLD_MS || alerts.some(({ kind }) => kind === "backlog")) return [];
  const said = `${countOf(last.queued, "run is", "runs are")} queued; the oldest has waited for ${duration(oldestMs)}.`;
  return [item("backlog", "calm", said, null, targets.backlog, "Backlog")];
}

export function ofMissedTicks(
  { missed = [], alerts = [] }: Seen,
  targets: Targets,
  isRecent: (at: string) => boolean,
): readonly Attention[] {
  const [last] = missed;
  if (last === undefined || !isRecent(last.at) || alerts.some(({ kind }) => kind === "missed")) return [];
  const said = `Ticks of ${last.function} were missed. ${last.detail}`;
  return [item("missed", "bad", said, last.at, targets.schedules, "Schedules")];
}

export function ofPausedRuns({ counters }: Seen, targets: Targets): readonly Attention[] {
  const paused = counters?.runs["paused"] ?? 0;
  if (paused === 0) return [];
  const said = `${countOf(paused, "run is", "runs are")} paused, and ${paused === 1 ? "waits" : "wait"} for somebody.`;
  return [item("paused-runs", "held", said, null, targets.runs("status:paused"), "Paused runs")];
}

export function ofPauses({ pauses = [] }: Seen, targets: Targets): readonly Attention[] {
  return pauses.map((pause) => {
    const what = pauseSaid(pause).replace(/^./, (letter) => letter.toUpperCase());
    const why = pause.reason === null ? "" : `: ${pause.reason}`;
    const held = pause.held === 0 ? "" : ` ${countOf(pause.held, "job is", "jobs are")} held.`;
    const said = `${what} is paused by ${pause.by}${why}.${held}`;
    return item(`pause-${pause.id}`, "held", said, pause.since, targets.limits, "Limits");
  });
}

export function ofHeldBulks({ bulks = [] }: Seen, targets: Targets): readonly Attention[] {
  return bulks
    .filter(({ status }) => status === "held")
    .map(({ id, items, created_at: at }) => {
      const said = `A bulk over ${countOf(items, "run")} has done its first ones, and waits for somebody to continue it.`;
      return item(`bulk-${id}`, "held", said, at, targets.bulk(id), "The bulk");
    });
}

export function ofQuestions({ counters }: Seen, targets: Targets): readonly Attention[] {
  const asked = counters?.open_inputs ?? 0;
  if (asked === 0) return [];
  const said = `${countOf(asked, "question waits", "questions wait")} for people.`;
  return [item("asked", "calm", said, null, targets.inbox, "Inbox")];
}
