import type { ContinueAnswer } from "@durable/protocol/wire";
import type { OutcomeDraft } from "./outcome-draft.ts";

/** A replay left the recorded path without contradicting it: shown on the run, and no reason to do anything else. */
export function noteDetour({ detour }: ContinueAnswer, draft: OutcomeDraft): void {
  if (detour === undefined) return;
  draft.effects.push({ kind: "detour", stepId: detour.began, data: JSON.stringify(detour) });
}
