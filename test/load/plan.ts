import type { Options } from "./options.ts";
import { type SystemName, WORKS, type Work } from "./works.ts";

export interface PlannedSession {
  readonly round: number;
  readonly work: Work;
  readonly system: SystemName;
}

/**
 * Interleaved as finely as fresh systems allow: within a round each work goes from system to system (A B C), and
 * each round begins with another one (B C A). What the machine does to one it so does to all, and ratios are taken
 * within a round and work, minutes apart at most.
 */
export function plan(options: Options): PlannedSession[] {
  const sessions: PlannedSession[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of options.works) {
      const work = WORKS[name];
      const systems = options.systems.filter((system) => work.systems.includes(system));
      for (let i = 0; i < systems.length; i += 1) {
        sessions.push({ round, work, system: systems[(i + round - 1) % systems.length]! });
      }
    }
  }
  return sessions;
}

/** Start, warm-up and stop of a system; measured generously, so that the plan rather ends early than late. */
const SESSION_MS = 8_000;
/** The end of a window: runs under way finish. */
const DRAIN_MS = 2_000;
const LEAD_SHARE = 0.25;
const SHORTEST_WINDOW_MS = 1_000;
const LONGEST_WINDOW_MS = 10_000;

/** How long windows may be so that all sessions fit into the time. */
export function windows(
  sessions: readonly PlannedSession[],
  minutes: number,
): { leadMs: number; windowMs: number } {
  const cells = sessions.reduce((sum, session) => sum + session.work.cells.length, 0);
  const leftMs = minutes * 60_000 - sessions.length * SESSION_MS - cells * DRAIN_MS;
  const fitting = leftMs / cells / (1 + LEAD_SHARE);
  const windowMs = Math.round(Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, fitting)));
  return { leadMs: Math.round(windowMs * LEAD_SHARE), windowMs };
}
