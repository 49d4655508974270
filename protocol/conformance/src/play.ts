// One case, from data to a result.

import { type Case, isDriven } from "./case.ts";
import { applies, MUTATIONS, type Mutation } from "./mutations.ts";
import { playDriven } from "./play-driven.ts";
import { playScripted } from "./play-scripted.ts";
import type { Result } from "./result.ts";
import type { CaseEnd, Stage } from "./stage.ts";

/** As often as it has ways: once, and under each mutation that changes something here. */
export async function play(
  each: Case,
  stage: Stage,
  { mutations = true }: { readonly mutations?: boolean | undefined } = {},
  onResult: (result: Result) => void,
): Promise<void> {
  const first = await playOnce(each, stage, null);
  onResult(first);
  if (!isDriven(each) || each.isMutated === false || !mutations || first.status === "NOT_IMPLEMENTED") return;
  for (const mutation of MUTATIONS) {
    if (applies(mutation, stage.manifest.capabilities)) onResult(await playOnce(each, stage, mutation));
  }
}

/** Every result there can be. */
export function resultIds(cases: readonly Case[]): string[] {
  return cases.flatMap((each) => [
    each.id,
    ...(isDriven(each) ? MUTATIONS.map(({ name }) => `${each.id}@${name}`) : []),
  ]);
}

async function playOnce(each: Case, stage: Stage, mutation: Mutation | null): Promise<Result> {
  const reason = reasonAgainst(each, stage);
  if (reason !== null) return { ...head(each, mutation), status: "NOT_IMPLEMENTED", reason, ...NOTHING };
  const startedAtMs = performance.now();
  const end = isDriven(each) ? await playDriven(each, stage, mutation) : await playScripted(each, stage);
  return resultOf(head(each, mutation), end, performance.now() - startedAtMs);
}

/** Why this app is not asked that; null when it is. */
function reasonAgainst(each: Case, { manifest, isStarted }: Stage): string | null {
  const missing = missingCapabilities(each, manifest.capabilities);
  if (missing.length > 0) return `the app does not declare ${missing.join(", ")}`;
  return each.isRotated && !isStarted
    ? "the kit asks that only of an app that it starts itself (--start)"
    : null;
}

function missingCapabilities({ needs = [], needsOneOf = [] }: Case, declared: readonly string[]): string[] {
  const missing = needs.filter((name) => !declared.includes(name));
  const hasNone = needsOneOf.length > 0 && !needsOneOf.some((name) => declared.includes(name));
  return hasNone ? [...missing, needsOneOf.join(" or ")] : missing;
}

const NOTHING = { flaws: [], ms: 0, requests: 0, bytes: 0 } as const;

function head({ id, level, says }: Case, mutation: Mutation | null): Pick<Result, "id" | "level" | "says"> {
  if (mutation === null) return { id, level, says };
  const higher = level > mutation.level ? level : mutation.level;
  return { id: `${id}@${mutation.name}`, level: higher, says: `${says} The same when ${mutation.says}.` };
}

function resultOf(
  head: Pick<Result, "id" | "level" | "says">,
  { flaws, notImplemented, tape }: CaseEnd,
  ms: number,
): Result {
  const rest = { ...head, flaws, ms: Math.round(ms), requests: tape.requests, bytes: tape.bytes };
  if (notImplemented !== undefined) return { ...rest, status: "NOT_IMPLEMENTED", reason: notImplemented };
  return flaws.length === 0 ? { ...rest, status: "PASSED" } : { ...rest, status: "FAILED", tape: tape.lines };
}
