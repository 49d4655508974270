// All that is drawn of a trace, made from what is loaded and how it is looked at. Each part is made anew only when what it is made of is another.
import { useMemo } from "react";
import { useNowAs } from "../parts/now.ts";
import type { Phase } from "../words/phase.ts";
import { criticalPaths } from "./critical-path.ts";
import { idleStretches, isMostlyIdle } from "./idle.ts";
import type { Openness } from "./openness.ts";
import type { TraceOptions } from "./options.ts";
import { type Loaded, type Row, rowsOf } from "./rows.ts";
import { rightEdgeMs, type Scale, timeScale, zoomed } from "./scale.ts";
import type { TracesState } from "./traces.ts";
import { readZoom } from "./zoom.ts";

export interface TraceModel {
  readonly run: string;
  readonly root: Loaded;
  readonly loaded: TracesState["loaded"];
  readonly rows: readonly Row[];
  readonly isFolded: boolean;
  /** All of the run, and what of it is seen. */
  readonly whole: Scale;
  readonly seen: Scale;
  /** By run, indices in its forest; null: it is not asked for. */
  readonly paths: ReadonlyMap<string, ReadonlySet<number>> | null;
  /** What is known of steps that go on, by their ids. */
  readonly openPhases: ReadonlyMap<string, Phase>;
  readonly clockAheadMs: number;
  readonly atMs: number | null;
}

export function useTraceModel(
  run: string,
  state: TracesState,
  root: Loaded,
  openness: Openness,
  options: TraceOptions,
  openPhases: ReadonlyMap<string, Phase>,
): TraceModel {
  const { trace, forest } = root;
  const { clockAheadMs, loaded } = state;
  const edgeMs = useNowAs((nowMs) => trace.endMs ?? rightEdgeMs(trace.startMs, nowMs + clockAheadMs));
  const onlyFailed = options.failed === 1;
  const rows = useMemo(
    () => rowsOf({ run, loaded, openness, onlyFailed }),
    [run, loaded, openness, onlyFailed],
  );
  const idle = useMemo(() => idleStretches(trace, forest, edgeMs), [trace, forest, edgeMs]);
  const isFolded =
    options.fold === undefined ? isMostlyIdle(idle, edgeMs - trace.startMs) : options.fold === 1;
  const whole = useMemo(
    () => timeScale(trace.startMs, edgeMs, isFolded ? idle : []),
    [trace.startMs, edgeMs, isFolded, idle],
  );
  const seen = useMemo(
    () => zoomed(whole, readZoom(options.zoom, trace.startMs)),
    [whole, options.zoom, trace.startMs],
  );
  const paths = useMemo(
    () => (options.critical === 1 ? criticalPaths(run, edgeMs, loaded) : null),
    [run, edgeMs, loaded, options.critical],
  );
  const atMs = options.at === undefined ? null : Date.parse(options.at);
  return useMemo(
    () => ({ run, root, loaded, rows, isFolded, whole, seen, paths, openPhases, clockAheadMs, atMs }),
    [run, root, loaded, rows, isFolded, whole, seen, paths, openPhases, clockAheadMs, atMs],
  );
}
