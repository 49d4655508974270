import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { TonePill } from "../../parts/tone-pill.tsx";
import { barsOf, sumBars } from "../../trace/bars.ts";
import type { Loaded } from "../../trace/rows.ts";
import { SPAN_STATUS } from "../../trace/span-face.ts";
import { duration } from "../../words/time.ts";
import type { AlignedStep, Step } from "./align.ts";
import { Delta } from "./delta.tsx";
import { JsonDiff } from "./json-diff-view.tsx";
import { PhaseDeltaTable } from "./phase-delta-table.tsx";
import { phaseDeltas } from "./phase-deltas.ts";

interface StepPairProps {
  readonly row: AlignedStep;
  readonly traces: { readonly a: Loaded | null; readonly b: Loaded | null };
}

/** One step in both; opened, with where its time went and what came of it. */
export function StepPair({ row, traces }: StepPairProps) {
  const [isOpen, setOpen] = useState(false);
  const { id, name, n, a, b, differs } = row;
  const [tookA, tookB] = [tookMs(traces.a, id), tookMs(traces.b, id)];
  const Icon = isOpen ? ChevronDown : ChevronRight;
  const said = [
    differs.attempts && "attempts",
    differs.outcome && (a?.failure || b?.failure ? "outcome" : "result"),
  ].filter(Boolean);
  return (
    <div className="border-b border-line/60 text-sm">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="grid w-full grid-cols-[1.25rem_minmax(0,1fr)_auto] items-center gap-x-2 gap-y-1 px-3 py-2 text-left hover:bg-hover sm:grid-cols-[1.25rem_minmax(0,1fr)_10rem_10rem_5.5rem]"
      >
        <Icon aria-hidden size={14} className="text-muted" />
        <span className="min-w-0 break-words">
          {name}
          {n > 0 && <span className="text-muted"> ({n + 1})</span>}
          {said.length > 0 && (
            <span className="ml-2 rounded bg-calm-ground px-1.5 text-xs text-calm">
              {said.join(" and ")} {said.length === 1 && !differs.attempts ? "differs" : "differ"}
            </span>
          )}
        </span>
        <span className="row-start-2 col-start-2 sm:row-auto sm:col-auto">
          <Side name="A" step={a} tookMs={tookA} />
        </span>
        <span className="row-start-3 col-start-2 sm:row-auto sm:col-auto">
          <Side name="B" step={b} tookMs={tookB} />
        </span>
        <span className="row-start-1 col-start-3 text-right tabular-nums sm:row-auto sm:col-auto">
          {tookA !== null && tookB !== null && <Delta ms={tookB - tookA} />}
        </span>
      </button>
      {isOpen && (
        <div className="grid gap-4 px-3 pt-1 pb-4 sm:pl-10 xl:grid-cols-2">
          <PhaseDeltaTable
            label={`Time of ${name} by phase`}
            deltas={phaseDeltas(sumsOf(traces.a, id), sumsOf(traces.b, id))}
          />
          {a !== null && b !== null && (
            <JsonDiff label="Result" a={a.failure ?? a.value} b={b.failure ?? b.value} />
          )}
        </div>
      )}
    </div>
  );
}

function Side({
  name,
  step,
  tookMs,
}: {
  readonly name: string;
  readonly step: Step | null;
  readonly tookMs: number | null;
}) {
  return (
    <span className="flex items-center gap-1.5">
      <span className="text-xs font-semibold text-muted">{name}</span>
      {step === null ? (
        <span className="text-muted">not there</span>
      ) : (
        <>
          <TonePill tone={SPAN_STATUS[step.status].tone}>{SPAN_STATUS[step.status].label}</TonePill>
          <span className="text-xs whitespace-nowrap text-muted tabular-nums">
            {step.attempt > 1 && `× ${step.attempt}, `}
            {tookMs !== null && duration(tookMs)}
          </span>
        </>
      )}
    </span>
  );
}

/** Null: it is not there, not yet, or not over. */
function tookMs(loaded: Loaded | null, id: string): number | null {
  const at = loaded?.forest.indexOf.get(id);
  if (at === undefined) return null;
  const { startMs, endMs } = loaded!.forest.spans[at]!;
  return endMs === null ? null : endMs - startMs;
}

function sumsOf(loaded: Loaded | null, id: string) {
  const at = loaded?.forest.indexOf.get(id);
  return at === undefined ? [] : sumBars(barsOf(loaded!.forest, at), loaded!.trace.endMs ?? Date.now());
}
