// What a sync has found, in words. Pure.
import type { AnswerOf } from "@durable/engine/api";
import { countOf, listed } from "../../words/number.ts";
import type { Tone } from "../../words/run-status.ts";

export type Sync = AnswerOf<"listSyncs">["syncs"][number];
export type Change = Sync["functions"][number]["change"];

export const CHANGE: Readonly<Record<Change, { readonly label: string; readonly tone: Tone }>> = {
  added: { label: "New", tone: "good" },
  changed: { label: "Changed", tone: "calm" },
  removed: { label: "Removed", tone: "bad" },
};

export function outcomeOf({ outcome, resolved_at }: Pick<Sync, "outcome" | "resolved_at">): {
  readonly label: string;
  readonly tone: Tone;
} {
  if (outcome !== "failed") return { label: "Synced", tone: "good" };
  return resolved_at === null
    ? { label: "Failed", tone: "bad" }
    : { label: "Failed, mended since", tone: "gone" };
}

const NAMED_MAX = 4;

/** `New: pay, refund. Changed: mail v3.`; a failure says why. */
export function foundSaid({ problem, functions }: Pick<Sync, "problem" | "functions">): string {
  if (problem !== null) return problem.detail;
  if (functions.length === 0) return "The same functions.";
  const kinds = (Object.keys(CHANGE) as Change[]).map((change) => {
    const these = functions.filter((each) => each.change === change);
    if (these.length === 0) return null;
    if (these.length > NAMED_MAX) return `${CHANGE[change].label}: ${countOf(these.length, "function")}.`;
    const names = these.map(({ id, to }) => (change === "changed" && to !== null ? `${id} v${to}` : id));
    return `${CHANGE[change].label}: ${listed(names)}.`;
  });
  return kinds.filter((said) => said !== null).join(" ");
}

export interface Difference {
  /** `concurrency.limit`; of the manifest. */
  readonly path: string;
  /** Undefined: it was not there. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two manifests differ, down to the members that do. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) =>
      differences(before[name], after[name], path === "" ? name : `${path}.${name}`),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
