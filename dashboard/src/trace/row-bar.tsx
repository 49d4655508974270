import { memo } from "react";
import { useNowMs } from "../parts/now.ts";
import { PHASE } from "../words/phase.ts";
import { duration } from "../words/time.ts";
import { fillOf } from "./phase-fill.ts";
import type { Scale } from "./scale.ts";
import { segmentsOf } from "./segments.ts";
import type { Bar } from "./span.ts";

interface RowBarProps {
  readonly bars: readonly Bar[];
  readonly scale: Scale;
  readonly clockAheadMs: number;
  /** Instants at which it said something. */
  readonly ticks?: readonly number[] | undefined;
  /** Of several spans together: lower, because it says less. */
  readonly isThin?: boolean;
  readonly isCritical?: boolean;
}

/** Bars that go on grow by the clock, each for itself; all others are drawn once. */
export const RowBar = memo(function RowBar(props: RowBarProps) {
  return props.bars.some(({ toMs }) => toMs === null) ? (
    <Growing {...props} />
  ) : (
    <Drawn {...props} nowMs={0} />
  );
});

function Growing(props: RowBarProps) {
  return <Drawn {...props} nowMs={useNowMs() + props.clockAheadMs} />;
}

function Drawn({ bars, scale, ticks, nowMs, isThin, isCritical }: RowBarProps & { readonly nowMs: number }) {
  const segments = segmentsOf(bars, scale, nowMs);
  const first = segments[0];
  const last = segments.at(-1);
  return (
    <span className="pointer-events-none absolute inset-0 overflow-hidden">
      {segments.map(({ left, width, phase, ms, isOpen }, at) => (
        <span
          key={at}
          title={`${PHASE[phase].label} ${duration(ms)}`}
          style={{ left: `${left * 100}%`, width: `${width * 100}%`, ...fillOf(phase) }}
          className={`pointer-events-auto absolute min-w-[2px] ${isThin ? "top-[11px] bottom-[11px]" : "top-[7px] bottom-[7px]"} ${isOpen ? "rounded-r-full" : "rounded-[2px]"}`}
        />
      ))}
      {segments.length === 0 && bars.length > 0 && <Beyond bars={bars} scale={scale} />}
      {isCritical && first && last && (
        <span
          style={{ left: `${first.left * 100}%`, width: `${(last.left + last.width - first.left) * 100}%` }}
          className="absolute bottom-[2px] h-[2px] min-w-[2px] bg-text"
        />
      )}
      {ticks !== undefined && <Ticks at={ticks} scale={scale} />}
    </span>
  );
}

/** What is zoomed past is on that side. */
function Beyond({ bars, scale }: Pick<RowBarProps, "bars" | "scale">) {
  const isBefore = bars[0]!.fromMs < scale.fromMs;
  return (
    <span
      aria-hidden
      className={`absolute inset-y-0 flex items-center px-1 text-xs text-muted ${isBefore ? "left-0" : "right-0"}`}
    >
      {isBefore ? "‹" : "›"}
    </span>
  );
}

/** Lines that fall on the same place are one mark. */
const TICK_PLACES = 250;

function Ticks({ at, scale }: { readonly at: readonly number[]; readonly scale: Scale }) {
  const places = new Map<number, number>();
  for (const ms of at) {
    const place = Math.round(scale.x(ms) * TICK_PLACES);
    if (place >= 0 && place <= TICK_PLACES) places.set(place, (places.get(place) ?? 0) + 1);
  }
  return [...places].map(([place, count]) => (
    <span
      key={place}
      title={count === 1 ? "1 line of the log" : `${count} lines of the log`}
      style={{ left: `${(place / TICK_PLACES) * 100}%` }}
      className="pointer-events-auto absolute top-[3px] h-[5px] w-[3px] -translate-x-1/2 rounded-full bg-text ring-1 ring-raised"
    />
  ));
}
