// biome-ignore-all lint/a11y/useSemanticElements: rows of a table cannot be drawn as few of many
// biome-ignore-all lint/a11y/useFocusableInteractive: of a treegrid the rows have the focus, one at a time
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useRef } from "react";
import { joinClasses } from "../parts/join-classes.ts";
import { useIsNarrow } from "../parts/narrow.ts";
import { GridRow } from "./grid-row.tsx";
import { COLUMNS, NARROW_ROW_PX, ROW_PX } from "./layout.ts";
import type { TraceModel } from "./model.ts";
import { Axis, Lines } from "./time-axis.tsx";

interface GridProps {
  readonly model: TraceModel;
  readonly selected: string | undefined;
  /** Index of the row that has the focus when the grid has it. */
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly select: (index: number) => void;
  readonly turn: (index: number) => void;
  /** True: it has done something with it. */
  readonly onKey: (event: KeyboardEvent, page: number) => boolean;
  readonly ticks: ReadonlyMap<string, readonly number[]>;
  readonly isFollowing: boolean;
  readonly stopFollowing: () => void;
}

const OVERSCAN = 12;

/** The waterfall: a treegrid of which only what is in view is in the page. */
export function Grid(props: GridProps) {
  const { model, selected, active, setActive, select, turn, onKey, ticks, isFollowing, stopFollowing } =
    props;
  const { rows, seen, root } = model;
  const isNarrow = useIsNarrow();
  const box = useRef<HTMLDivElement>(null);
  const hasFocus = useRef(false);
  const height = isNarrow ? NARROW_ROW_PX : ROW_PX;

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    // The row with the focus stays in the page: a focus that scrolls away would be lost.
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = defaultRangeExtractor(range);
        if (active < range.count && !shown.includes(active)) shown.push(active);
        return shown.sort((a, b) => a - b);
      },
      [active],
    ),
  });

  // Sizes are made anew when the rows' height is another.
  useEffect(() => virtualizer.measure(), [height, virtualizer]);

  useEffect(() => {
    if (!hasFocus.current) return;
    virtualizer.scrollToIndex(active);
    box.current?.querySelector<HTMLElement>(`[data-row="${active}"]`)?.focus({ preventScroll: true });
  }, [active, virtualizer]);

  useEffect(() => {
    if (isFollowing && rows.length > 0) virtualizer.scrollToIndex(rows.length - 1);
  }, [isFollowing, rows.length, virtualizer]);

  const press = useCallback(
    (index: number, isTwisty: boolean) => {
      setActive(index);
      if (isTwisty || rows[index]?.kind === "group") turn(index);
      else select(index);
    },
    [rows, setActive, select, turn],
  );

  const originMs = root.trace.startMs;
  return (
    <div
      role="treegrid"
      aria-label={`Trace of ${root.trace.function}`}
      aria-rowcount={rows.length + 1}
      aria-colcount={4}
      className="overflow-hidden rounded-lg border border-line bg-raised"
    >
      <div
        role="rowgroup"
        className="overflow-y-scroll border-b border-line bg-raised [scrollbar-gutter:stable]"
      >
        <div
          role="row"
          aria-rowindex={1}
          className={joinClasses(isNarrow ? "flex" : COLUMNS, "h-8 text-xs text-muted")}
        >
          <div role="columnheader" className={isNarrow ? "sr-only" : "flex items-center pl-3"}>
            Name
          </div>
          <div role="columnheader" className="flex items-center">
            <span className="sr-only">Status</span>
          </div>
          <div role="columnheader" className={isNarrow ? "sr-only" : "flex items-center justify-end pr-2.5"}>
            Took
          </div>
          <div role="columnheader" className={isNarrow ? "mx-2 min-w-0 flex-1" : "min-w-0"}>
            <span className="sr-only">Time</span>
            <Axis scale={seen} originMs={originMs} isNarrow={isNarrow} />
          </div>
        </div>
      </div>
      <div
        ref={box}
        role="rowgroup"
        onKeyDown={(event) => {
          const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / height) - 1);
          if (onKey(event, page)) event.preventDefault();
        }}
        onFocus={() => {
          hasFocus.current = true;
        }}
        onBlur={() => {
          hasFocus.current = false;
        }}
        onWheel={({ deltaY }) => deltaY < 0 && isFollowing && stopFollowing()}
        className="relative max-h-[max(20rem,calc(100dvh-31rem))] overflow-y-scroll overscroll-contain [scrollbar-gutter:stable]"
      >
        <div role="presentation" style={{ height: virtualizer.getTotalSize() }} className="relative">
          <div
            role="presentation"
            className={joinClasses("pointer-events-none absolute inset-0", isNarrow ? "block" : COLUMNS)}
          >
            <div
              className={joinClasses("relative overflow-hidden", isNarrow ? "mx-2 h-full" : "col-start-4")}
            >
              <Lines scale={seen} originMs={originMs} isNarrow={isNarrow} atMs={model.atMs} />
            </div>
          </div>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]!;
            const span = row.kind === "span" && row.run === model.run ? root.forest.spans[row.at]!.id : "";
            return (
              <GridRow
                key={row.id}
                model={model}
                row={row}
                index={index}
                top={start}
                isNarrow={isNarrow}
                isActive={index === active}
                isSelected={row.id === selected}
                ticks={ticks.get(span)}
                press={press}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
