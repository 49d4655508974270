import type { AnswerOf } from "@durable/engine/api";
import { useCounters } from "../../here/counters.ts";
import { useTargets } from "../../here/targets.ts";
import { Figure, Figures } from "../../parts/figure.tsx";
import { useNowMs } from "../../parts/now.ts";
import { grouped } from "../../words/number.ts";
import { age, duration } from "../../words/time.ts";
import { type Trend, trendSaid } from "./backlog-model.ts";

type Backlog = AnswerOf<"getMetrics">["backlog"][number];

/** As it is at the moment: what the stream counts, and what was counted in the last minute. */
export function BacklogNow({ last, trend }: { readonly last: Backlog | null; readonly trend: Trend | null }) {
  const counters = useCounters();
  const targets = useTargets();
  const nowMs = useNowMs();
  const ago = last === null ? "" : `counted ${age(Math.max(0, nowMs - Date.parse(last.at)))} ago`;
  const live = (status: "queued" | "running" | "waiting" | "paused") =>
    counters === null ? (last?.[status] ?? null) : (counters.runs[status] ?? 0);
  const shown = (count: number | null) => (count === null ? "–" : grouped(count));
  const isOpen = last !== null && last.circuit !== "closed";
  return (
    <div>
      <Figures label="Now">
        <Figure label="Queued" value={shown(live("queued"))} target={targets.runs("status:queued")} />
        <Figure
          label="Oldest queued"
          value={last?.oldest_queued_ms == null ? "–" : duration(last.oldest_queued_ms)}
          note={ago}
        />
        <Figure
          label="Held by limits or pauses"
          value={shown(last?.parked ?? null)}
          note={ago}
          target={targets.limits}
        />
        <Figure label="Running" value={shown(live("running"))} target={targets.runs("status:running")} />
        <Figure
          label="Paused"
          value={shown(live("paused"))}
          target={targets.runs("status:paused")}
          {...((live("paused") ?? 0) > 0 ? { tone: "calm" as const } : {})}
        />
        {isOpen && (
          <Figure
            label="The app"
            value={last.circuit === "open" ? "Down" : "Spared"}
            tone="bad"
            note="Its runs are frozen, at no cost to their attempts."
            target={targets.fleet}
          />
        )}
      </Figures>
      <p className="mt-2 text-sm">{trendSaid(trend)}</p>
    </div>
  );
}
