// biome-ignore-all lint/a11y/useFocusableInteractive: of a treegrid the rows have the focus, one at a time
// biome-ignore-all lint/a11y/useSemanticElements: rows of a table cannot be drawn as few of many
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import { joinClasses } from "../parts/join-classes.ts";
import { useNowMs } from "../parts/now.ts";
import { duration } from "../words/time.ts";
import { TONE_INK } from "../words/tone.ts";
import { COLUMNS, NARROW_COLUMNS, NARROW_ROW_PX, ROW_PX } from "./layout.ts";
import type { TraceModel } from "./model.ts";
import { RowBar } from "./row-bar.tsx";
import { factsOf, type RowFacts } from "./row-facts.ts";
import type { Row } from "./rows.ts";

interface GridRowProps {
  readonly model: TraceModel;
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly isNarrow: boolean;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly ticks: readonly number[] | undefined;
  readonly press: (index: number, isTwisty: boolean) => void;
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { model, row, index, top, isNarrow, isActive, isSelected, ticks, press } = props;
  const facts = factsOf(model, row);
  const { status, standing, isCritical } = facts;
  const Status = status?.icon;
  const isFaded = standing === "later" || (model.paths !== null && !isCritical && row.kind !== "run");
  const bar = (
    <RowBar
      bars={facts.bars}
      scale={model.seen}
      clockAheadMs={model.clockAheadMs}
      ticks={ticks}
      isThin={facts.isThin}
      isCritical={isCritical}
    />
  );
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys of all rows
    <div
      role="row"
      data-row={index}
      tabIndex={isActive ? 0 : -1}
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.setSize}
      aria-expanded={row.isOpen ?? undefined}
      aria-selected={isSelected}
      onClick={() => press(index, false)}
      style={{ transform: `translateY(${top}px)`, height: isNarrow ? NARROW_ROW_PX : ROW_PX }}
      className={joinClasses(
        isNarrow ? NARROW_COLUMNS : COLUMNS,
        "absolute top-0 left-0 w-full cursor-default items-stretch border-b border-line/60 text-sm -outline-offset-2",
        isSelected ? "bg-accent-ground" : "hover:bg-hover",
        isFaded && "text-muted",
      )}
    >
      <div role="gridcell" className={joinClasses("flex min-w-0 items-center", isNarrow && "h-7")}>
        <Name facts={facts} row={row} isNarrow={isNarrow} turn={() => press(index, true)} />
      </div>
      <div role="gridcell" className={joinClasses("flex items-center justify-center", isNarrow && "h-7")}>
        {Status && status && (
          <span title={status.label} className={isFaded ? "" : TONE_INK[status.tone]}>
            <Status aria-hidden size={14} strokeWidth={2.5} />
            <span className="sr-only">{status.label}</span>
          </span>
        )}
      </div>
      <div
        role="gridcell"
        className={joinClasses(
          "flex items-center justify-end pr-2.5 text-xs whitespace-nowrap text-muted tabular-nums",
          isNarrow && "h-7",
        )}
      >
        {facts.startMs > 0 && <Elapsed facts={facts} clockAheadMs={model.clockAheadMs} />}
      </div>
      <div
        role="gridcell"
        className={joinClasses(
          "relative",
          isNarrow && "col-span-3 mx-2 -mt-1.5 h-6",
          isFaded && "opacity-35",
        )}
      >
        {bar}
      </div>
    </div>
  );
});

interface NameProps {
  readonly facts: RowFacts;
  readonly row: Row;
  readonly isNarrow: boolean;
  readonly turn: () => void;
}

/** On a phone deep rows move in less, so that their names stay. */
const INDENT_PX = { wide: 14, narrow: 8 };

function Name({ facts, row, isNarrow, turn }: NameProps) {
  const { icon: Icon, kind, name, aside } = facts;
  const Twisty = row.isOpen ? ChevronDown : ChevronRight;
  const indent = (row.level - 1) * (isNarrow ? INDENT_PX.narrow : INDENT_PX.wide);
  return (
    <>
      <span style={{ width: indent }} className="shrink-0" />
      {row.isOpen === null ? (
        <span className="w-6 shrink-0" />
      ) : (
        <button
          type="button"
          tabIndex={-1}
          aria-hidden
          onClick={(event) => {
            event.stopPropagation();
            turn();
          }}
          className="flex h-6 w-6 shrink-0 items-center justify-center rounded text-muted hover:bg-hover hover:text-text"
        >
          <Twisty size={14} />
        </button>
      )}
      <span title={kind} className="mr-1.5 shrink-0 text-muted">
        <Icon aria-hidden size={14} />
      </span>
      <span title={name} className={joinClasses("truncate", row.kind === "run" && "font-semibold")}>
        {name}
      </span>
      {aside && <span className="ml-1.5 shrink-0 text-xs text-muted">{aside}</span>}
    </>
  );
}

function Elapsed({ facts, clockAheadMs }: { readonly facts: RowFacts; readonly clockAheadMs: number }) {
  const { startMs, endMs } = facts;
  return endMs === null ? (
    <Growing startMs={startMs - clockAheadMs} />
  ) : (
    <span>{duration(endMs - startMs)}</span>
  );
}

function Growing({ startMs }: { readonly startMs: number }) {
  return <span className="text-busy">{duration(Math.max(0, useNowMs() - startMs))}</span>;
}
