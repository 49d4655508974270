import type { AnswerOf } from "@durable/engine/api";
import { countOf } from "../../words/number.ts";
import type { Tone } from "../../words/run-status.ts";

type Erasure = AnswerOf<"listErasures">["erasures"][number];

export const ERASURE_STATUS: Readonly<
  Record<Erasure["status"], { readonly label: string; readonly tone: Tone }>
> = {
  finding: { label: "Finding", tone: "busy" },
  erasing: { label: "Erasing", tone: "busy" },
  completed: { label: "Erased", tone: "good" },
  counted: { label: "Counted", tone: "calm" },
  refused: { label: "Refused", tone: "bad" },
  aborted: { label: "Called off", tone: "calm" },
};

/** What it found, and what it did with it. */
export function erasureSays({ status, found, erased }: Erasure): string {
  const all = `${countOf(found.runs, "run")} and ${countOf(found.events, "event")}`;
  if (status === "counted")
    return `${all}, of which ${countOf(found.live, "run")} had not ended. Nothing was deleted.`;
  if (status === "refused") return `${countOf(found.live, "run")} had not ended, so nothing was deleted.`;
  if (status === "aborted") return "It was called off before anything was deleted.";
  return `${countOf(erased.runs, "run")} and ${countOf(erased.events, "event")} of ${all} are gone.`;
}
