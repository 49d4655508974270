import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { countOf } from "../../words/number.ts";
import { LogRow } from "./log-row.tsx";
import type { LogLine } from "./log-store.ts";

interface LogListProps {
  readonly lines: readonly LogLine[];
  readonly isNewestFirst: boolean;
  readonly isRunShown: boolean;
  readonly isFrozen: boolean;
  /** That came since it was frozen, and fit. */
  readonly waiting: number;
  readonly setFrozen: (isFrozen: boolean) => void;
}

const ROW_HEIGHT = 26;
/** So near to its end somebody is at it. */
const AT_EDGE_PX = 8;

/** Lines that follow what comes, until somebody scrolls away from the end or stops them. */
export function LogList({ lines, isNewestFirst, isRunShown, isFrozen, waiting, setFrozen }: LogListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [unfolded, unfold] = useState<ReadonlySet<number>>(new Set());
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => lines[index]!.no,
    overscan: 12,
  });

  const count = lines.length;
  useEffect(() => {
    if (isFrozen || count === 0) return;
    rows.scrollToIndex(isNewestFirst ? 0 : count - 1, { align: isNewestFirst ? "start" : "end" });
  }, [isFrozen, isNewestFirst, count, rows]);

  const isAtEdge = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    return isNewestFirst ? scrollTop <= AT_EDGE_PX : scrollHeight - clientHeight - scrollTop <= AT_EDGE_PX;
  };
  const toggle = (no: number) =>
    unfold((now) => {
      const others = new Set(now);
      if (!others.delete(no)) others.add(no);
      return others;
    });
  const Arrow = isNewestFirst ? ArrowUp : ArrowDown;
  return (
    <div className="relative rounded-lg border border-line bg-raised">
      <div
        ref={box}
        role="log"
        aria-label="Lines"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
        tabIndex={0}
        className="h-[calc(100dvh-17rem)] min-h-72 max-sm:h-[58dvh] overflow-y-auto font-mono text-xs"
        onWheel={(event) => {
          const isAway = isNewestFirst ? event.deltaY > 0 : event.deltaY < 0;
          if (isAway && !isFrozen) setFrozen(true);
        }}
        onTouchMove={() => !isFrozen && setFrozen(true)}
        onKeyDown={(event) => {
          if (!isFrozen && ["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key))
            setFrozen(true);
        }}
        onScroll={() => isFrozen && waiting === 0 && isAtEdge() && setFrozen(false)}
      >
        <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => {
            const line = lines[index]!;
            return (
              <div
                key={key}
                ref={rows.measureElement}
                data-index={index}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${start}px)` }}
              >
                <LogRow
                  line={line}
                  isRunShown={isRunShown}
                  isOpen={unfolded.has(line.no)}
                  toggle={() => toggle(line.no)}
                />
              </div>
            );
          })}
        </div>
      </div>
      <div className={`absolute right-3 flex items-center gap-2 ${isNewestFirst ? "top-3" : "bottom-3"}`}>
        {isFrozen && waiting > 0 && (
          <Button look="main" className="rounded-full shadow" onClick={() => setFrozen(false)}>
            <Arrow aria-hidden size={14} />
            {countOf(waiting, "new line")}
          </Button>
        )}
        <Button className="rounded-full shadow" aria-pressed={isFrozen} onClick={() => setFrozen(!isFrozen)}>
          {isFrozen ? <Play aria-hidden size={14} /> : <Pause aria-hidden size={14} />}
          {isFrozen ? "Follow" : "Pause"}
        </Button>
      </div>
    </div>
  );
}
