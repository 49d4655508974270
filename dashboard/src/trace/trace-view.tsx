import { useCallback, useEffect, useMemo, useState } from "react";
import { useKeys } from "../here/keys.ts";
import type { Phase } from "../words/phase.ts";
import { Grid } from "./grid.tsx";
import { gridKeys } from "./grid-keys.ts";
import { Legend } from "./legend.tsx";
import { Minimap } from "./minimap-view.tsx";
import { useTraceModel } from "./model.ts";
import { MOVES } from "./move.ts";
import { type Openness, turn, USUAL } from "./openness.ts";
import type { ChangeOptions, TraceOptions } from "./options.ts";
import { factsOf } from "./row-facts.ts";
import type { Loaded } from "./rows.ts";
import { Scrubber } from "./scrubber.tsx";
import { Toolbar } from "./toolbar.tsx";
import type { Traces, TracesState } from "./traces.ts";
import { readZoom, writeZoom } from "./zoom.ts";

interface TraceViewProps {
  readonly run: string;
  readonly root: Loaded;
  readonly traces: Traces;
  readonly state: TracesState;
  readonly options: TraceOptions;
  readonly change: ChangeOptions;
  readonly openPhases: ReadonlyMap<string, Phase>;
  /** When each step said something. */
  readonly ticks: ReadonlyMap<string, readonly number[]>;
}

/** What is around the selected span when it is zoomed to. */
const ZOOM_MARGIN = 0.05;

export function TraceView({ run, root, traces, state, options, change, openPhases, ticks }: TraceViewProps) {
  const [openness, setOpenness] = useState<Openness>(() => ({ ...USUAL, turned: onTheWayTo(options.span) }));
  const model = useTraceModel(run, state, root, openness, options, openPhases);
  const { rows } = model;
  const [activeId, setActiveId] = useState(options.span ?? run);
  const active = useMemo(
    () =>
      Math.max(
        0,
        rows.findIndex(({ id }) => id === activeId),
      ),
    [rows, activeId],
  );
  const { trace } = root;
  const setActive = useCallback((index: number) => setActiveId(rows[index]!.id), [rows]);

  // A child run that somebody opened, or whose address somebody came by.
  useEffect(() => {
    for (const row of rows) if (row.kind === "loading") traces.open(row.run);
  }, [rows, traces]);

  const select = useCallback(
    (index: number) => {
      const { id, kind, run: of } = rows[index]!;
      if (kind === "run" || kind === "span") change({ span: id === options.span ? undefined : id });
      if (kind === "refused") traces.open(of);
    },
    [rows, change, options.span, traces],
  );
  const turnRow = useCallback(
    (index: number) => setOpenness((now) => turn(now, [rows[index]!], rows[index]!.isOpen === false)),
    [rows],
  );
  // The run itself stays open.
  const turnAll = (open: boolean) =>
    setOpenness({ all: open ? "open" : "closed", turned: new Set(open ? [] : [run]) });
  const zoomToSelection = () => {
    const row = rows.find(({ id }) => id === (options.span ?? activeId));
    if (row === undefined) return;
    const { startMs, endMs } = factsOf(model, row);
    const toMs = endMs ?? model.whole.toMs;
    const margin = Math.max(1, (toMs - startMs) * ZOOM_MARGIN);
    change({ zoom: writeZoom({ fromMs: startMs - margin, toMs: toMs + margin }, trace.startMs) });
  };
  const toggle = (name: "critical" | "follow") => change({ [name]: options[name] === 1 ? undefined : 1 });
  useKeys({
    i: () => change({ fold: model.isFolded ? 0 : 1 }),
    p: () => toggle("critical"),
    f: () => trace.endMs === null && toggle("follow"),
    z: zoomToSelection,
    "0": () => change({ zoom: undefined }),
    u: () => setActive(MOVES["u"]!(rows, active, 1)),
    "[": () => turnAll(false),
    "]": () => turnAll(true),
  });
  const onKey = gridKeys({ rows, active, setActive, select, turnRow, setOpenness, options, change });
  return (
    <div className="min-w-0 space-y-2">
      <Toolbar
        options={options}
        change={change}
        isFolded={model.isFolded}
        isLive={trace.endMs === null}
        endMs={Math.min(model.whole.toMs, Date.now() + state.clockAheadMs)}
        canZoom={options.span !== undefined}
        zoomToSelection={zoomToSelection}
        turnAll={turnAll}
      />
      {trace.spans.length > 0 && (
        <Minimap
          model={model}
          zoom={readZoom(options.zoom, trace.startMs)}
          setZoom={(part) => change({ zoom: part === null ? undefined : writeZoom(part, trace.startMs) })}
        />
      )}
      {options.at !== undefined && <Scrubber model={model} change={change} />}
      <Grid
        model={model}
        selected={options.span}
        active={active}
        setActive={setActive}
        select={select}
        turn={turnRow}
        onKey={onKey}
        ticks={ticks}
        isFollowing={options.follow === 1}
        stopFollowing={() => change({ follow: undefined })}
      />
      {options.failed === 1 && rows.length === 1 && (
        <p role="status" className="py-2 text-center text-sm text-muted">
          Nothing of it failed{trace.isWhole ? "" : " so far"}.
        </p>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1">
        <Legend time={trace.time} />
        {!trace.isWhole && (
          <p role="status" className="text-xs text-muted">
            {trace.spans.length.toLocaleString("en-GB")} spans so far, reading on …
          </p>
        )}
      </div>
    </div>
  );
}

/** `a/b/c`: span c of the child run of span b of the child run of span a. Those above it stand open. */
function onTheWayTo(span: string | undefined): Set<string> {
  const parts = span?.split("/") ?? [];
  return new Set(parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join("/")));
}
