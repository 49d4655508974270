import type { AnswerOf } from "@durable/engine/api";
import { type PointerEvent, useRef, useState } from "react";
import { useNowMs } from "../../parts/now.ts";
import { clockTime } from "../../words/time.ts";
import { barsOf, barsSaid, spanOf } from "./bars.ts";
import { statusesOf, withTerm } from "./query-text.ts";
import type { Filter } from "./use-filter.ts";

const HEIGHT = 44;
/** Of a bar with anything in it: one run among thousands is seen. */
const HEIGHT_MIN = 2;

interface HistogramProps {
  readonly filter: Filter;
  readonly counts: AnswerOf<"countRuns">;
}

/** When the runs were created. Dragging over it narrows the list to that time; by keyboard the presets beside it do. */
export function Histogram({ filter, counts }: HistogramProps) {
  const nowMs = useNowMs();
  const box = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const bars = barsOf(counts, statusesOf(filter.text));
  if (bars.length === 0) return <div style={{ height: HEIGHT + 20 }} />;
  const most = Math.max(1, ...bars.map(({ total }) => total));
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(HEIGHT_MIN, (count / most) * HEIGHT));
  const at = (ms: number) => clockTime(new Date(ms).toISOString(), nowMs).replace(/\.\d+$/, "");

  const barAt = (event: PointerEvent) => {
    const { left, width } = box.current!.getBoundingClientRect();
    const index = Math.floor(((event.clientX - left) / width) * bars.length);
    return Math.min(bars.length - 1, Math.max(0, index));
  };
  const choose = () => {
    if (drag === null) return;
    const { after, before } = spanOf(bars, counts.step_ms, drag.from, drag.to);
    setDrag(null);
    filter.set(withTerm(withTerm(filter.text, "after", after), "before", before));
  };
  const [low, high] = drag === null ? [0, -1] : [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];

  return (
    <figure className="min-w-0">
      <svg
        ref={box}
        role="img"
        aria-label={barsSaid(bars, counts.step_ms, nowMs)}
        viewBox={`0 0 ${bars.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block w-full cursor-crosshair touch-pan-y"
        style={{ height: HEIGHT }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          box.current?.setPointerCapture(event.pointerId);
          setDrag({ from: barAt(event), to: barAt(event) });
        }}
        onPointerMove={(event) => drag !== null && setDrag({ ...drag, to: barAt(event) })}
        onPointerUp={choose}
        onPointerCancel={() => setDrag(null)}
      >
        {high >= low && (
          <rect x={low} y={0} width={high - low + 1} height={HEIGHT} fill="var(--accent-ground)" />
        )}
        {bars.map(({ fromMs, total, failed }, index) => (
          <g key={fromMs}>
            <rect x={index} y={0} width={1} height={HEIGHT} fill="transparent">
              <title>{`${at(fromMs)}: ${total}${failed === 0 ? "" : `, ${failed} failed`}`}</title>
            </rect>
            <g pointerEvents="none">
              <rect
                x={index + 0.1}
                y={HEIGHT - heightOf(total)}
                width={0.8}
                height={heightOf(total)}
                fill="var(--line-strong)"
              />
              <rect
                x={index + 0.1}
                y={HEIGHT - heightOf(failed)}
                width={0.8}
                height={heightOf(failed)}
                fill="var(--bad)"
              />
            </g>
          </g>
        ))}
        <line
          x1={0}
          x2={bars.length}
          y1={HEIGHT}
          y2={HEIGHT}
          stroke="var(--line)"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <figcaption aria-hidden className="mt-1 flex justify-between text-xs text-muted tabular-nums">
        <span>{at(bars[0]!.fromMs)}</span>
        <span>{at(bars.at(-1)!.fromMs + counts.step_ms)}</span>
      </figcaption>
    </figure>
  );
}
