import type { RunGates } from "./gates.ts";
import type { RunOrder } from "./run-order.ts";

/** What a person has paused: everything of a workspace, a function, the runs of one key of a limit, or of one tenant. */
export interface Pause {
  readonly id: string;
  readonly kind: "workspace" | "function" | "key" | "tenant";
  readonly functionId: string | null;
  readonly limitId: string | null;
  /** JSON. */
  readonly key: string | null;
  readonly by: string;
  readonly since: string;
  /** It holds as many jobs as it may: what comes now starts no run. */
  readonly isFull: boolean;
}

/** How many jobs a pause holds before events start no more runs of what it has paused. */
export const HELD_MAX = 100_000;

/** The pauses under which a new run would be held. */
export function pausesOf(
  pauses: readonly Pause[],
  functionId: string,
  gates: RunGates | null,
  order: RunOrder | null,
): readonly Pause[] {
  if (pauses.length === 0) return pauses;
  const passed = gates === null ? [] : [...gates.run, ...gates.step];
  return pauses.filter((pause) => {
    if (pause.kind === "workspace") return true;
    if (pause.kind === "key")
      return passed.some(({ limitId, key }) => limitId === pause.limitId && key === pause.key);
    if (pause.functionId !== functionId) return false;
    return pause.kind === "function" || order?.tenant?.key === pause.key;
  });
}

/** Of what it pauses, to be read after "paused:". */
export function whatIsPaused({ kind, functionId, key }: Pick<Pause, "kind" | "functionId" | "key">): string {
  if (kind === "workspace") return "the whole workspace";
  if (kind === "function") return `the function "${functionId}"`;
  return kind === "key" ? `the key ${key} of a limit` : `the tenant ${key} of "${functionId}"`;
}
