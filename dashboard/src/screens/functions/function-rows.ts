import type { AnswerOf } from "@durable/engine/api";
import { manifestOf } from "../../words/manifest.ts";
import { triggersSaid } from "../../words/trigger-words.ts";
import type { LiveByFunction } from "./use-live.ts";

type Declared = AnswerOf<"listFunctions">["functions"][number];
type Counted = AnswerOf<"getMetrics">["functions"][number];

export interface FunctionRow {
  readonly id: string;
  readonly version: number;
  readonly syncedAt: string;
  /** The last sync no longer named it. */
  readonly removedAt: string | null;
  readonly triggers: readonly string[];
  readonly hasInput: boolean;
  readonly isPaused: boolean;
  /** Runs under way; null before they were counted. */
  readonly live: { readonly count: number; readonly isExact: boolean } | null;
  /** In the time that was counted; null before it was. */
  readonly counted: {
    readonly started: number;
    readonly failed: number;
    readonly p95Ms: number | null;
  } | null;
}

interface Answers {
  readonly functions: readonly Declared[];
  readonly counted: readonly Counted[] | undefined;
  readonly paused: ReadonlySet<string>;
  readonly live: LiveByFunction | null;
}

/** By name; those that are gone at the end. */
export function functionRows({ functions, counted, paused, live }: Answers): readonly FunctionRow[] {
  const byId = new Map(counted?.map((each) => [each.function, each]));
  return functions
    .map(({ id, version, manifest, synced_at: syncedAt, removed_at: removedAt }) => {
      const of = byId.get(id);
      const declared = manifestOf(manifest);
      return {
        id,
        version,
        syncedAt,
        removedAt,
        triggers: triggersSaid(declared),
        hasInput: declared.input !== undefined,
        isPaused: paused.has(id),
        live: live === null ? null : { count: live.counts.get(id) ?? 0, isExact: live.isExact },
        counted:
          counted === undefined
            ? null
            : { started: of?.started ?? 0, failed: of?.failed ?? 0, p95Ms: of?.phases.total?.p95 ?? null },
      };
    })
    .sort((a, b) => Number(a.removedAt !== null) - Number(b.removedAt !== null) || a.id.localeCompare(b.id));
}

export function matches({ id, triggers }: FunctionRow, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return id.toLowerCase().includes(wanted) || triggers.some((said) => said.toLowerCase().includes(wanted));
}
