// How a span is named and drawn: by its kind, and by how it is.
import {
  Ban,
  Check,
  CircleDashed,
  CornerDownRight,
  Gauge,
  Hourglass,
  type LucideIcon,
  Minus,
  Moon,
  RotateCw,
  Skull,
  SquareChevronRight,
  TimerOff,
  Undo2,
  Unplug,
  X,
} from "lucide-react";
import type { Tone } from "../words/run-status.ts";
import type { Span, SpanKind, SpanStatus } from "./span.ts";

interface KindFace {
  readonly label: string;
  readonly icon: LucideIcon;
}

export const SPAN_KIND: Readonly<Record<SpanKind, KindFace>> = {
  step: { label: "Step", icon: SquareChevronRight },
  attempt: { label: "Attempt", icon: RotateCw },
  sleep: { label: "Sleep", icon: Moon },
  wait: { label: "Wait", icon: Hourglass },
  child: { label: "Child run", icon: CornerDownRight },
  compensation: { label: "Compensation", icon: Undo2 },
  limit: { label: "Limit", icon: Gauge },
};

interface StatusFace {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly tone: Tone;
}

export const SPAN_STATUS: Readonly<Record<SpanStatus, StatusFace>> = {
  ok: { label: "Done", icon: Check, tone: "good" },
  err: { label: "Failed", icon: X, tone: "bad" },
  pending: { label: "Open", icon: CircleDashed, tone: "busy" },
  retrying: { label: "To be tried again", icon: RotateCw, tone: "calm" },
  cancelled: { label: "No longer needed", icon: Ban, tone: "gone" },
  failed: { label: "Failed", icon: X, tone: "bad" },
  transport: { label: "No usable answer", icon: Unplug, tone: "bad" },
  protocol: { label: "Answer not understood", icon: Unplug, tone: "bad" },
  late: { label: "Came too late", icon: TimerOff, tone: "gone" },
  lost: { label: "Its engine died", icon: Skull, tone: "bad" },
  turn: { label: "Nothing new came of it", icon: Minus, tone: "gone" },
};

/** What stands in its row. */
export function nameOf({ kind, name, attempt, parent, status }: Span): string {
  if (kind === "compensation") return `undo ${name}`;
  if (name !== null) return name;
  if (parent !== null) return `attempt ${attempt}`;
  return status === "turn" ? "call of the app, nothing new" : "call of the app";
}
