import type { AckLine } from "../../invariants/ack-log.ts";
import { examined, type Invariant, type World } from "../../invariants/invariant.ts";
import { BUNDLE_MAX } from "./functions.ts";

// What the client sent against what the app was given: both outside the database.

type StoryLine = Extract<AckLine, { kind: "story" }>;

/** In how many runs each event of the story was, in the order in which they were sent; what is wrong with that, or null. */
type Judge = (runs: readonly number[], distinct: number) => string | null;

const each: Judge = (runs) => (runs.every((count) => count === 1) ? null : "not each in one run");
const some: Judge = (_, distinct) => (distinct > 0 ? null : "no run at all");

/** A function is judged by what it promises of every event that was acknowledged. */
const JUDGES: Readonly<Record<string, Judge>> = {
  once: (_, distinct) => (distinct === 1 ? null : `${distinct} runs for one idempotency key`),
  metered: (runs) =>
    runs.every((count) => count <= 2) ? null : "an event in more runs than its own and one by hand",
  delayed: each,
  settled: (runs) => {
    if (runs.some((count) => count > 1)) return "an event in two runs";
    return runs.at(-1) === 1 ? null : "its last event was handled by nobody";
  },
  first: (runs) => {
    if (runs.some((count) => count > 1)) return "an event in two runs";
    return runs[0] === 1 ? null : "its first event was handled by nobody";
  },
  bundle: each,
  // Whoever held the singleton may be of another story.
  "solo-skip": (runs) => (runs.every((count) => count <= 1) ? null : "an event in two runs"),
  "solo-cancel": (runs) => (runs.every((count) => count <= 1) ? null : "an event in two runs"),
  "solo-queue": each,
  paced: each,
  fair: some,
};

export const AS_LIMITED: Invariant = {
  number: "H5",
  name: "handled as limited",
  sentence:
    "Every acknowledged event of a function with limits was handled by as many runs as its function promises, seen from the app.",
  phase: "after",
  needs: "appLog",
  async check({ ackLog, appLog }: World) {
    const runsOf = new Map<string, Set<string>>();
    const violations: string[] = [];
    for (const { fn, run, events } of appLog!.only("handled")) {
      if (fn === "bundle" && events.length > BUNDLE_MAX)
        violations.push(`${run} got ${events.length} events`);
      for (const id of events) {
        const key = `${fn}/${id}`;
        runsOf.set(key, (runsOf.get(key) ?? new Set()).add(run));
      }
    }
    const stories = ackLog!.read().filter((line): line is StoryLine => line.kind === "story");
    for (const { fn, ids } of stories) {
      const runs = ids.map((id) => runsOf.get(`${fn}/${id}`) ?? new Set<string>());
      const distinct = new Set(runs.flatMap((each) => [...each])).size;
      const wrong = JUDGES[fn]!(
        runs.map(({ size }) => size),
        distinct,
      );
      if (wrong !== null)
        violations.push(`${fn} of ${ids.join(" ")}: ${wrong} (${runs.map(({ size }) => size)})`);
    }
    return examined(stories.length, violations);
  },
};

export const TICKS_SEEN: Invariant = {
  number: "S5",
  name: "a tick once, seen from the app",
  sentence: "No tick was handled by two runs.",
  phase: "always",
  needs: "appLog",
  async check({ appLog }) {
    const runOf = new Map<string, string>();
    const violations: string[] = [];
    for (const { fn, run, events } of appLog!.only("handled")) {
      const [id] = events;
      const [name, schedule, at] = id!.split("/");
      if (name !== "durable.tick") continue;
      const tick = `${fn}/${schedule}/${at}`;
      const first = runOf.get(tick) ?? run;
      runOf.set(tick, first);
      if (first !== run) violations.push(`${tick} was handled by ${first} and ${run}`);
    }
    return examined(runOf.size, violations);
  },
};
