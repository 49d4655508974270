import { useEffect, useMemo, useSyncExternalStore } from "react";
import { call } from "../../api/call.ts";
import type { Run } from "../../live/patches.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { Traces } from "../../trace/traces.ts";
import { isSameJson } from "./json-diff.ts";
import { JsonDiff } from "./json-diff-view.tsx";
import { PhaseDeltaTable } from "./phase-delta-table.tsx";
import { phaseDeltas } from "./phase-deltas.ts";
import { RunCard } from "./run-card.tsx";
import { StepComparison } from "./step-comparison.tsx";

interface ComparisonProps {
  readonly a: Run;
  readonly b: Run;
}

export function Comparison({ a, b }: ComparisonProps) {
  const { app, environment: env } = a;
  const traces = useMemo(
    () =>
      new Traces((id) => (query, signal) => call("getRunTrace", { params: { app, env, id }, query }, signal)),
    [app, env],
  );
  const state = useSyncExternalStore(traces.onState, () => traces.state);
  useEffect(() => traces.start(), [traces]);
  useEffect(() => {
    traces.open(a.id);
    traces.open(b.id);
  }, [traces, a.id, b.id]);
  const [first, second] = [state.loaded.get(a.id) ?? null, state.loaded.get(b.id) ?? null];
  const errors = [a.id, b.id].flatMap((id) => state.errors.get(id) ?? []);
  const [timeA, timeB] = [first?.trace.time ?? null, second?.trace.time ?? null];
  const [outA, outB] = [a.output ?? a.failure, b.output ?? b.failure];
  return (
    <div className="space-y-4">
      <div className="grid gap-4 md:grid-cols-2">
        <RunCard name="A" run={a} other={b} />
        <RunCard name="B" run={b} other={a} />
      </div>
      {errors.map((error) => (
        <ProblemPanel key={error.message} error={error} />
      ))}
      <Panel title="Time by phase" description="Each moment of a run in exactly one phase.">
        {timeA === null || timeB === null ? (
          <Skeleton rows={4} rowHeight={28} />
        ) : (
          <PhaseDeltaTable label="Time by phase" deltas={phaseDeltas(timeA.sums, timeB.sums)} />
        )}
      </Panel>
      {!isSameJson(a.event.data ?? null, b.event.data ?? null) && (
        <Panel title="Event data">
          <JsonDiff label="Event data" a={a.event.data} b={b.event.data} />
        </Panel>
      )}
      <Panel title="What came of it">
        <JsonDiff label="Output" a={outA} b={outB} />
      </Panel>
      <StepComparison a={a} b={b} traces={{ a: first, b: second }} />
    </div>
  );
}
