// Ticks become events, and events runs. Two statements per round: the events are accepted, by the door that all come
// through, and the schedules go on to their next tick if they still are as they were found. Whoever dies between the two,
// or does the same at the same time, makes events whose ids are taken: that is all that keeps a tick from starting two runs,
// so any number of engines does this and none is needed more than another.

import { dueTicks, type MissedTicks } from "../domain/due-ticks.ts";
import { overlapGate } from "../domain/overlap.ts";
import { lineOf } from "../domain/schedule.ts";
import { tickAfter } from "../domain/ticks.ts";
import type { Cancel } from "../runs/cancel-run.ts";
import { tickEvent, tickEventId } from "../runs/tick.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import {
  type Advance,
  advanceSchedules,
  type DueSchedule,
  findDueSchedules,
  findRunsBeforeTick,
} from "../store/due-schedules.ts";
import { findEvent } from "../store/events.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";
import type { AcceptEvent } from "./send-owed-event.ts";

export interface SchedulerOptions extends PollingOptions {
  readonly accept: AcceptEvent;
  readonly cancel: (cancel: Cancel) => Promise<unknown>;
  /** A schedule is due in so many milliseconds. */
  readonly dueIn: (ms: number) => void;
}

const BATCH = 100;
/** Of one schedule and round. A schedule that looks at its runs takes one by one. */
const TICKS_MAX = 10;
/** It is told when something is due; this is for an engine whose timer loop cannot. */
const PAUSE_MS = 10_000;

export class Scheduler extends PollingService<SchedulerOptions> {
  constructor(options: SchedulerOptions) {
    super(options, { name: "scheduler", failed: "starting what is scheduled failed", pauseMs: PAUSE_MS });
  }

  /** A schedule is due. */
  soon(): void {
    this.loop.kick();
  }

  protected async round(): Promise<NextRound> {
    const { database, dueIn, log } = this.options;
    const found = await findDueSchedules(database, BATCH);
    if (found.length === 0) return "later";
    const ends = await Promise.allSettled(found.map((schedule) => this.#start(schedule)));
    const advances: Advance[] = [];
    for (const [index, end] of ends.entries()) {
      if (end.status === "fulfilled") advances.push(end.value);
      else
        log.warn(
          { err: end.reason, schedule: found[index]!.id },
          "a schedule could not go on; it is tried again",
        );
    }
    await faultPoint("ticks.accepted");
    const moved = advances.length === 0 ? 0 : await advanceSchedules(database, advances);
    let isDue = found.length === BATCH;
    for (const { schedule, nextAtMs } of advances) {
      if (nextAtMs === null) continue;
      if (nextAtMs <= schedule.nowMs) isDue = true;
      else dueIn(nextAtMs - schedule.nowMs);
    }
    // None of them: another engine is at it.
    return isDue && moved > 0 ? "again" : "later";
  }

  async #start(schedule: DueSchedule): Promise<Advance> {
    const { overlap, catchUp, handledToMs, nowMs } = schedule;
    const line = lineOf(schedule);
    const looks = overlap === "skip" || overlap === "cancel";
    const due = dueTicks({ line, catchUp, handledToMs, nowMs, limit: looks ? 1 : TICKS_MAX });
    const [first] = due.ticks;
    const skip = looks && first !== undefined ? await this.#overlapping(schedule, first) : null;
    const runs = await Promise.all(due.ticks.map((tickMs) => this.#startTick(schedule, tickMs, skip)));
    return {
      schedule,
      due,
      nextAtMs: tickAfter(line, due.handledToMs),
      runId: runs.findLast((run) => run !== null) ?? null,
      missed: due.missed === null ? null : missedEvent(schedule, due.missed),
    };
  }

  /** @returns Its run; null for none. */
  async #startTick(
    schedule: DueSchedule,
    tickMs: number,
    skip: Parameters<typeof tickEvent>[2],
  ): Promise<string | null> {
    const { accept, database, log } = this.options;
    const result = await accept(schedule.workspaceId, tickEvent(schedule, tickMs, skip));
    const eventId = tickEventId(schedule.id, tickMs);
    if (result.state === "conflict") {
      log.warn({ eventId }, "a tick had been accepted before, with other data; its run stays as it is");
    } else if (result.runs.length > 0) {
      return result.runs[0]!.run;
    }
    if (skip) return null;
    // A run that one event starts has its event's id.
    return await findEvent(database, schedule.workspaceId, eventId);
  }

  /** What its policy makes of the runs of earlier ticks: a skip that names them, or their cancellation. */
  async #overlapping(schedule: DueSchedule, tickMs: number): Promise<Parameters<typeof tickEvent>[2]> {
    const { database, cancel } = this.options;
    const { workspaceId, id, overlap } = schedule;
    const runs = await findRunsBeforeTick(database, schedule, overlapGate(id).id, tickEventId(id, tickMs));
    if (runs.length === 0) return null;
    if (overlap === "skip") {
      const detail = `Run ${runs[0]}, which schedule "${id}" had started, was still under way, and its overlap is "skip".`;
      return { reason: "overlap", detail, facts: JSON.stringify({ schedule: id, run: runs[0] }) };
    }
    const reason = `The next tick of schedule "${id}" has come, and its overlap is "cancel".`;
    await Promise.all(
      runs.map((runId) => cancel({ workspaceId, runId, actor: "schedule", reason, undo: true })),
    );
    return null;
  }
}

function missedEvent(schedule: DueSchedule, missed: MissedTicks): Advance["missed"] {
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
