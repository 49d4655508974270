// Ticks become events, and events runs. What is due is written down first: which ticks are started, and which are missed, if
// the schedules still are as they were found. Then the events are accepted, by the door that all come through, and then
// nothing is owed any more. Whoever dies in between leaves ticks that others start; whoever does the same at the same time
// makes events whose ids are taken. So any number of engines does this, and none is needed more than another.

import { dueTicks, type MissedTicks } from "../domain/due-ticks.ts";
import { overlapGate } from "../domain/overlap.ts";
import { lineOf } from "../domain/schedule.ts";
import { tickAfter } from "../domain/ticks.ts";
import type { Cancel } from "../runs/cancel-run.ts";
import { type TickEvent, tickEvent } from "../runs/tick.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import {
  type ClaimedTicks,
  claimTicks,
  type DueSchedule,
  findDueSchedules,
  findRunOfTick,
  findRunsBeforeTick,
  type SettledTicks,
  settleTicks,
} from "../store/due-schedules.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";
import type { AcceptEvent } from "./send-owed-event.ts";

export interface SchedulerOptions extends PollingOptions {
  readonly accept: AcceptEvent;
  readonly cancel: (cancel: Cancel) => Promise<unknown>;
  /** A schedule is due in so many milliseconds. */
  readonly dueIn: (ms: number) => void;
}

const BATCH = 100;
/** Of one schedule and round. */
const TICKS_MAX = 10;
/** It is told when something is due; this is for an engine whose timer loop cannot. */
const PAUSE_MS = 10_000;
/** Ticks that were written down and are not started by then are started by whoever looks (claim_ticks). */
const TAKEN_OVER_AFTER_MS = 1_000;

export class Scheduler extends PollingService<SchedulerOptions> {
  constructor(options: SchedulerOptions) {
    super(options, { name: "scheduler", failed: "starting what is scheduled failed", pauseMs: PAUSE_MS });
  }

  protected async round(): Promise<NextRound> {
    const { database, dueIn } = this.options;
    const found = await findDueSchedules(database, BATCH);
    if (found.length === 0) return "later";
    dueIn(TAKEN_OVER_AFTER_MS);
    const left = found.filter(({ owedMs }) => owedMs.length > 0);
    const claims = found.filter(({ owedMs }) => owedMs.length === 0).map(claimOf);
    const claimed = claims.length === 0 ? [] : (await claimTicks(database, claims)).map(owingOf);
    await faultPoint("ticks.claimed");
    const owing = [...left, ...claimed].filter(({ owedMs }) => owedMs.length > 0);
    const settled = await this.#startAll(owing);
    await faultPoint("ticks.accepted");
    const moved = settled.length === 0 ? 0 : await settleTicks(database, settled);
    let isDue = found.length === BATCH;
    for (const schedule of [...left, ...claimed]) {
      const nextAtMs = nextAtOf(schedule);
      if (nextAtMs === null) continue;
      if (nextAtMs <= schedule.nowMs) isDue = true;
      else dueIn(nextAtMs - schedule.nowMs);
    }
    // None of them: another engine is at it.
    return isDue && claimed.length + moved > 0 ? "again" : "later";
  }

  async #startAll(owing: readonly DueSchedule[]): Promise<SettledTicks[]> {
    const ends = await Promise.allSettled(owing.map((schedule) => this.#start(schedule)));
    return ends.flatMap((end, index) => {
      if (end.status === "fulfilled") return end.value;
      const schedule = owing[index]!;
      this.options.log.warn(
        { err: end.reason, schedule: schedule.id },
        "a tick could not be started; it is tried again",
      );
      return [];
    });
  }

  /** All that it owes. One that looks at its runs first starts one after the other. */
  async #start(schedule: DueSchedule): Promise<SettledTicks> {
    const { owedMs, overlap } = schedule;
    const events = owedMs.map((tickMs) => tickEvent(schedule, tickMs));
    let runId: string | null = null;
    if (overlap === "skip" || overlap === "cancel") {
      for (const event of events) {
        const by: DueSchedule = { ...schedule, lastRunId: runId ?? schedule.lastRunId };
        runId = (await this.#startTick(by, await this.#besideOthers(by, event))) ?? runId;
      }
    } else {
      const runs = await Promise.all(events.map((event) => this.#startTick(schedule, event)));
      runId = runs.findLast((run) => run !== null) ?? null;
    }
    return { schedule, nextAtMs: nextAtOf(schedule), lastTickMs: owedMs.at(-1)!, runId };
  }

  /** @returns Its run; null for none. */
  async #startTick({ workspaceId }: DueSchedule, event: TickEvent): Promise<string | null> {
    const { accept, database, log } = this.options;
    const result = await accept(workspaceId, event);
    const { clientId: eventId } = event;
    if (result.state === "conflict") {
      log.warn({ eventId }, "a tick had been accepted before, with other data; its run stays as it is");
    } else if (result.runs.length > 0) {
      return result.runs[0]!.run;
    }
    if (event.tick.skip !== null) return null;
    return await findRunOfTick(database, workspaceId, eventId);
  }

  /** What its policy makes of the runs of earlier ticks: a skip that names them, or their cancellation. */
  async #besideOthers(schedule: DueSchedule, event: TickEvent): Promise<TickEvent> {
    const { database, cancel } = this.options;
    const { workspaceId, id, overlap } = schedule;
    // One that starts no run is in nobody's way.
    if (event.tick.skip !== null) return event;
    const runs = await findRunsBeforeTick(database, schedule, overlapGate(id).id, event.clientId);
    if (runs.length === 0) return event;
    if (overlap === "skip") {
      const detail = `Run ${runs[0]}, which schedule "${id}" had started, was still under way, and its overlap is "skip".`;
      const facts = JSON.stringify({ schedule: id, run: runs[0] });
      return { ...event, tick: { ...event.tick, skip: { reason: "overlap", detail, facts } } };
    }
    const reason = `The next tick of schedule "${id}" has come, and its overlap is "cancel".`;
    await Promise.all(
      runs.map((runId) => cancel({ workspaceId, runId, actor: "schedule", reason, undo: true })),
    );
    return event;
  }
}

function claimOf(schedule: DueSchedule): ClaimedTicks {
  const { catchUp, handledToMs, untilMs } = schedule;
  const due = dueTicks({ line: lineOf(schedule), catchUp, handledToMs, nowMs: untilMs, limit: TICKS_MAX });
  return {
    schedule,
    due,
    nextAtMs: nextAtOf({ ...schedule, handledToMs: due.handledToMs }),
    missed: due.missed === null ? null : missedEvent(schedule, due.missed),
  };
}

function owingOf({ schedule, due }: ClaimedTicks): DueSchedule {
  return { ...schedule, owedMs: due.ticks, handledToMs: due.handledToMs };
}

/** When the tick comes that is owed next; null when none is, or none before it goes on. */
function nextAtOf(schedule: DueSchedule): number | null {
  const nextMs = tickAfter(lineOf(schedule), schedule.handledToMs);
  return nextMs !== null && schedule.isPaused && nextMs > schedule.untilMs ? null : nextMs;
}

function missedEvent(schedule: DueSchedule, missed: MissedTicks): ClaimedTicks["missed"] {
  const from = new Date(missed.fromMs).toISOString();
  const to = new Date(missed.toMs).toISOString();
  const { count, isMore } = missed;
  const ticks = `${isMore ? "More than " : ""}${count} ${count === 1 ? "tick" : "ticks"}`;
  const came: Record<DueSchedule["catchUp"], string> = {
    none: "are not made up for",
    last: "are made up for by the newest alone",
    all: "are more than are made up for",
  };
  return {
    data: JSON.stringify({ schedule: schedule.id, from, to, count }),
    detail: `${ticks} of schedule "${schedule.id}", from ${from} to ${to}, came when no engine started them: they ${came[schedule.catchUp]} (catchUp: "${schedule.catchUp}").`,
  };
}
