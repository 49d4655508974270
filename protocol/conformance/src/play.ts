// One case, from data to a result.

import { type Case, isDriven } from "./case.ts";
import { playScripted } from "./play-scripted.ts";
import type { Result } from "./result.ts";
import type { CaseEnd, Stage } from "./stage.ts";

export async function play(each: Case, stage: Stage): Promise<Result> {
  const missing = (each.needs ?? []).filter((name) => !stage.manifest.capabilities.includes(name));
  if (missing.length > 0) {
    return {
      ...head(each),
      status: "NOT_IMPLEMENTED",
      reason: `the app does not declare ${missing.join(", ")}`,
      ...NOTHING,
    };
  }
  const startedAtMs = performance.now();
  if (isDriven(each)) throw new Error("later");
  const end = await playScripted(each, stage);
  return resultOf(each, end, performance.now() - startedAtMs);
}

const NOTHING = { flaws: [], ms: 0, requests: 0, bytes: 0 } as const;

function head({ id, level, says }: Case) {
  return { id, level, says };
}

function resultOf(each: Case, { flaws, notImplemented, tape }: CaseEnd, ms: number): Result {
  const rest = { ...head(each), flaws, ms: Math.round(ms), requests: tape.requests, bytes: tape.bytes };
  if (notImplemented !== undefined) return { ...rest, status: "NOT_IMPLEMENTED", reason: notImplemented };
  return flaws.length === 0 ? { ...rest, status: "PASSED" } : { ...rest, status: "FAILED", tape: tape.lines };
}
