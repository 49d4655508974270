// How a schedule is said. Pure.
import type { AnswerOf } from "@durable/engine/api";
import { readCron } from "@durable/engine/cron";
import { ticksAfter } from "@durable/engine/ticks";
import type { Tone } from "../../words/run-status.ts";

export type Schedule = AnswerOf<"listSchedules">["schedules"][number];

interface Face {
  readonly label: string;
  readonly tone: Tone;
  readonly said: string;
}

export const STATE: Readonly<Record<Schedule["state"], Face>> = {
  active: { label: "Active", tone: "good", said: "It starts runs when its time comes." },
  paused: { label: "Paused", tone: "held", said: "It stands still until somebody resumes it, over syncs." },
  removed: { label: "Removed", tone: "gone", said: "Code no longer declares it." },
  unserved: {
    label: "Without its function",
    tone: "bad",
    said: "It was made by hand, and its function is gone.",
  },
};

export const OVERLAP: Readonly<Record<Schedule["overlap"], string>> = {
  allow: "starts another beside it",
  skip: "starts none",
  queue: "starts one that waits for it to end",
  cancel: "cancels it, and begins when it has ended",
};

export const CATCH_UP: Readonly<Record<Schedule["catch_up"], string>> = {
  none: "none",
  last: "the newest",
  all: "all, the newest 1,000 at most",
};

/** More are not started by one backfill. */
export const BACKFILL_MAX = 1_000;

/** The ticks of a line between two instants, both included; one more than `most` where there are more. Null: it is no line. */
export function ticksBetween(
  cron: string,
  zone: string,
  fromMs: number,
  toMs: number,
  most: number,
): number[] | null {
  const read = readCron(cron);
  if (typeof read === "string" || !isZone(zone)) return null;
  const ticks: number[] = [];
  for (const tick of ticksAfter({ cron: read, zone }, fromMs - 1, toMs)) {
    ticks.push(tick);
    if (ticks.length > most) break;
  }
  return ticks;
}

/** What is wrong with a line; null when nothing is. */
export function cronFlaw(cron: string): string | null {
  const read = readCron(cron);
  return typeof read === "string" ? `This is no cron line: ${read}.` : null;
}

export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}

/** The id that the API takes: the name of a schedule made by hand. */
export function isScheduleId(id: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(id);
}
