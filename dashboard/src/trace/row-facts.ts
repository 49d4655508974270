// What is to be said of a row, whatever it is a row of.
import { Activity, CircleAlert, Ellipsis, Layers, type LucideIcon } from "lucide-react";
import type { Phase } from "../words/phase.ts";
import type { Tone } from "../words/run-status.ts";
import { RUN_STATUS } from "../words/run-status.ts";
import { stateAt, type Then } from "./as-of.ts";
import { barsOf } from "./bars.ts";
import { stepsInside } from "./forest.ts";
import { groupBars, groupTime } from "./group-bars.ts";
import type { TraceModel } from "./model.ts";
import type { Loaded, Row } from "./rows.ts";
import { type Bar, isBad, readPhase, type Span } from "./span.ts";
import { nameOf, SPAN_KIND, SPAN_STATUS } from "./span-face.ts";

export interface RowFacts {
  readonly icon: LucideIcon;
  readonly kind: string;
  readonly name: string;
  /** Beside the name, quietly. */
  readonly aside: string | null;
  readonly status: { readonly label: string; readonly icon: LucideIcon; readonly tone: Tone } | null;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly bars: readonly Bar[];
  readonly standing: Then;
  readonly isCritical: boolean;
  /** Of several spans together: drawn lower, because it says less of each. */
  readonly isThin: boolean;
  /** The step that log lines name; null of what is no step. */
  readonly step: string | null;
}

export function factsOf(model: TraceModel, row: Row): RowFacts {
  const facts = FACTS[row.kind](model, row, model.loaded.get(row.run) as Loaded);
  return { ...facts, standing: model.atMs === null ? "done" : stateAt(facts, model.atMs) };
}

type Facts = Omit<RowFacts, "standing">;

const FACTS: Readonly<Record<Row["kind"], (model: TraceModel, row: Row, of: Loaded) => Facts>> = {
  run: ({ run, openPhases }, __, { trace }) => ({
    ...NOTHING,
    ...{ icon: Activity, kind: "Run", name: trace.function, status: RUN_STATUS[trace.status] },
    ...{ startMs: trace.startMs, endMs: trace.endMs, bars: runBars(trace, openPhases.get(run)) },
  }),
  span: (model, row, { forest }) => {
    const span = forest.spans[row.at]!;
    const inside = stepsInside(forest, row.at);
    if (inside.length === 0)
      return spanFacts(model, row, span, barsOf(forest, row.at, openPhase(model, row)));
    const facts = spanFacts(model, row, span, groupBars(forest, inside));
    const time = groupTime(forest, [row.at, ...inside]);
    return { ...facts, ...time, icon: Layers, name: itemsName(facts.name), isThin: true };
  },
  group: (model, { members, at, run }, { forest }) => {
    const bad = members!.filter((member) => isBad(forest.spans[member]!)).length;
    const first = forest.spans[at]!;
    return {
      ...NOTHING,
      ...{
        icon: Layers,
        kind: "Group",
        name: nameOf(first),
        bars: groupBars(forest, members!),
        isThin: true,
      },
      aside: `× ${members!.length.toLocaleString("en-GB")}${bad === 0 ? "" : `, ${bad.toLocaleString("en-GB")} failed`}`,
      status:
        bad > 0
          ? SPAN_STATUS.err
          : SPAN_STATUS[members!.every((member) => forest.spans[member]!.endMs !== null) ? "ok" : "pending"],
      ...groupTime(forest, members!),
      isCritical: members!.some((member) => model.paths?.get(run)?.has(member) === true),
    };
  },
  loading: () => ({ ...NOTHING, icon: Ellipsis, name: "Reading the child run …" }),
  refused: () => ({
    ...NOTHING,
    icon: CircleAlert,
    name: "The child run could not be read: press to try again",
  }),
};

const NOTHING: Omit<Facts, "icon" | "name"> = {
  ...{ kind: "", aside: null, status: null, startMs: 0, endMs: 0, bars: [], isCritical: false, step: null },
  isThin: false,
};

function spanFacts(model: TraceModel, row: Row, span: Span, bars: readonly Bar[]): Facts {
  const { icon, label } = SPAN_KIND[span.kind];
  const isOwn = row.run === model.run;
  const isTried = span.kind !== "attempt" && span.attempt !== null && span.attempt > 1;
  return {
    ...{ icon, kind: label, name: nameOf(span), startMs: span.startMs, endMs: span.endMs, bars },
    aside: isTried ? `${span.attempt} attempts` : placeInGroup(model, row),
    status: span.status === null ? null : SPAN_STATUS[span.status],
    isCritical: model.paths?.get(row.run)?.has(stepIndex(model, row, span)) === true,
    step: isOwn && span.kind !== "attempt" ? span.id : null,
    isThin: false,
  };
}

/** Of a loop the engine groups items as `0-99`, by their places. */
function itemsName(name: string): string {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(name) ?? [];
  return from === undefined ? name : `items ${Number(from) + 1} to ${Number(to) + 1}`;
}

/** A try is on the path with its step. */
function stepIndex({ loaded }: TraceModel, { run, at }: Row, { kind, parent }: Span): number {
  if (kind !== "attempt" || parent === null) return at;
  return loaded.get(run)?.forest.indexOf.get(parent) ?? at;
}

/** Of equal ones, which. */
function placeInGroup({ rows }: TraceModel, { parent, position }: Row): string | null {
  return rows[parent]?.kind === "group" ? `#${position.toLocaleString("en-GB")}` : null;
}

function openPhase(model: TraceModel, row: Row) {
  return row.run === model.run ? model.openPhases.get(model.root.forest.spans[row.at]!.id) : undefined;
}

/** The partition of its time; of a run that goes on what it is at goes on. */
function runBars({ time, startMs, endMs }: Loaded["trace"], openPhase: Phase = "idle"): readonly Bar[] {
  const phases = (time?.phases ?? []).map(readPhase);
  if (endMs !== null)
    return phases.length > 0 ? phases : [{ phase: "idle", fromMs: startMs, toMs: endMs, limit: null }];
  return [...phases, { phase: openPhase, fromMs: phases.at(-1)?.toMs ?? startMs, toMs: null, limit: null }];
}
