import type { AnswerOf } from "@durable/engine/api";

export type Phase = AnswerOf<"getRunTrace">["spans"][number]["phases"][number]["phase"];

interface Face {
  readonly label: string;
  /** In the sum of a run: "9.1 s <said>". */
  readonly said: string;
  readonly color: string;
  /** Beside the colour a pattern, for who does not see colours: what is not work is hatched. */
  readonly pattern: "solid" | "hatched" | "dotted" | "outlined";
}

/** A new phase does not compile until it has a face. */
export const PHASE: Readonly<Record<Phase, Face>> = {
  app: { label: "App", said: "your code", color: "var(--phase-app)", pattern: "solid" },
  network: { label: "Network", said: "network", color: "var(--phase-network)", pattern: "dotted" },
  engine: { label: "Engine", said: "engine", color: "var(--phase-engine)", pattern: "solid" },
  queue: { label: "Queue", said: "waiting for a free slot", color: "var(--phase-queue)", pattern: "hatched" },
  limit: { label: "Limit", said: "waiting at a limit", color: "var(--phase-limit)", pattern: "hatched" },
  retry: {
    label: "Retry pause",
    said: "pausing before a retry",
    color: "var(--phase-retry)",
    pattern: "hatched",
  },
  child: { label: "Child run", said: "a child run", color: "var(--phase-child)", pattern: "outlined" },
  wait: {
    label: "Wait",
    said: "waiting for an event or a person",
    color: "var(--phase-wait)",
    pattern: "outlined",
  },
  sleep: { label: "Sleep", said: "asleep", color: "var(--phase-sleep)", pattern: "outlined" },
  begin: {
    label: "Before it began",
    said: "before it began",
    color: "var(--phase-begin)",
    pattern: "outlined",
  },
  paused: { label: "Paused", said: "paused", color: "var(--phase-paused)", pattern: "hatched" },
  lost: {
    label: "Lost engine",
    said: "held by an engine that died",
    color: "var(--phase-lost)",
    pattern: "dotted",
  },
  idle: { label: "Not recorded", said: "not recorded", color: "var(--phase-idle)", pattern: "outlined" },
};
