import type { Targets } from "../../here/targets.ts";
import type { Attention, Seen } from "./attention-item.ts";
import { ofAlerts, ofApp, ofNewErrors, ofSyncs } from "./attention-of-troubles.ts";
import {
  ofBacklog,
  ofHeldBulks,
  ofMissedTicks,
  ofPausedRuns,
  ofPauses,
  ofQuestions,
} from "./attention-of-waits.ts";

const DAY_MS = 86_400_000;

type Finder = (seen: Seen, targets: Targets, isRecent: (at: string) => boolean) => readonly Attention[];

/** What is worst comes first. */
const FINDERS: readonly Finder[] = [
  ofApp,
  ofAlerts,
  ofNewErrors,
  ofSyncs,
  ofBacklog,
  ofMissedTicks,
  ofPausedRuns,
  ofPauses,
  ofHeldBulks,
  ofQuestions,
];

/** What needs a person. */
export function attentionOf(seen: Seen, targets: Targets, nowMs: number): readonly Attention[] {
  const isRecent = (at: string) => Date.parse(at) > nowMs - DAY_MS;
  return FINDERS.flatMap((find) => find(seen, targets, isRecent));
}
