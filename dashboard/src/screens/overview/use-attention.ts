import { useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { useCounters } from "../../here/counters.ts";
import { useTopics } from "../../here/live-context.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { useMinuteMs } from "../../parts/use-span.ts";
import { attentionOf } from "./attention.ts";
import type { Attention, Seen } from "./attention-item.ts";

/** What the stream does not tell of itself is read again when runs move, at most so often. */
const READ_MS = 10_000;

export interface AttentionSeen {
  readonly items: readonly Attention[];
  readonly isComplete: boolean;
  /** Of a part that could not be read. */
  readonly error: Error | null;
}

export function useAttention(backlog: Seen["backlog"]): AttentionSeen {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const nowMs = useMinuteMs();
  const counters = useCounters();
  const alerts = useAnswer("listAlerts", { params, query: {} });
  const errors = useAnswer("listErrors", { params, query: { state: "open", limit: 20 } });
  const pauses = useAnswer("listPauses", { params });
  const bulks = useAnswer("listBulks", { params, query: {} });
  const missed = useAnswer("listSkips", { params, query: { reason: "missed", limit: 1 } });
  const syncs = useAnswer("listSyncs", { params, query: { outcome: "failed", limit: 1 } });
  const apps = useAnswer("listApps", {});
  useTopics(["pauses", "bulks", "skips", "deployments", "syncs"]);
  useReadAsRunsMove(["listAlerts", "listErrors", "listApps"], READ_MS);

  const all = [alerts, errors, pauses, bulks, missed, syncs, apps];
  const seen: Seen = {
    alerts: alerts.data?.alerts,
    errors: errors.data?.errors,
    pauses: pauses.data?.pauses,
    bulks: bulks.data?.bulks,
    missed: missed.data?.skips,
    syncs: syncs.data?.syncs,
    backlog,
    counters,
    workspace: apps.data?.apps.find(
      ({ app, environment }) => app === params.app && environment === params.env,
    ),
  };
  const parts = Object.values(seen);
  const items = useMemo(() => attentionOf(seen, targets, nowMs), [...parts, targets, nowMs]);
  return {
    items,
    isComplete: all.every(({ data }) => data !== undefined),
    error: all.find(({ error }) => error !== null)?.error ?? null,
  };
}
