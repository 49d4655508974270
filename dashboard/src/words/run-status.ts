import { Ban, Check, CircleDashed, Clock, type LucideIcon, Pause, Play, Undo2, X } from "lucide-react";
import type { RunListed } from "../live/patches.ts";

export type RunStatus = RunListed["status"];

/** How things look that are said of a status: its colour, never alone. */
export type Tone = "good" | "bad" | "busy" | "calm" | "held" | "gone";

interface Face {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly tone: Tone;
}

/** A new status does not compile until it has a face. */
export const RUN_STATUS: Readonly<Record<RunStatus, Face>> = {
  queued: { label: "Queued", icon: CircleDashed, tone: "calm" },
  running: { label: "Running", icon: Play, tone: "busy" },
  waiting: { label: "Waiting", icon: Clock, tone: "calm" },
  paused: { label: "Paused", icon: Pause, tone: "held" },
  failing: { label: "Failing, undoing", icon: Undo2, tone: "bad" },
  cancelling: { label: "Cancelling, undoing", icon: Undo2, tone: "gone" },
  completed: { label: "Completed", icon: Check, tone: "good" },
  failed: { label: "Failed", icon: X, tone: "bad" },
  cancelled: { label: "Cancelled", icon: Ban, tone: "gone" },
};

/** Of runs that have not ended. */
export const LIVE_STATUSES: readonly RunStatus[] = [
  "queued",
  "running",
  "waiting",
  "paused",
  "failing",
  "cancelling",
];
