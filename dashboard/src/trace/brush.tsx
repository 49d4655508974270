import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { duration } from "../words/time.ts";
import type { Stretch } from "./idle.ts";
import type { Scale } from "./scale.ts";

interface BrushProps {
  readonly scale: Scale;
  readonly zoom: Stretch | null;
  readonly setZoom: (part: Stretch | null) => void;
  readonly originMs: number;
}

/** From left to right, in shares of the width. */
type Part = readonly [left: number, right: number];

/** A drag that is shorter was a click. */
const DRAG_MIN = 0.006;
const KEY_STEP = 0.02;

/**
 * Drawn over the minimap: dragging makes a part, dragging the part moves it, its edges are handles that also listen to the arrow keys. The
 * address hears of it when the hand lets go.
 */
export function Brush({ scale, zoom, setZoom, originMs }: BrushProps) {
  const box = useRef<HTMLDivElement>(null);
  const grip = useRef<{ readonly from: number; readonly part: Part; readonly move: Move } | null>(null);
  const [draft, setDraft] = useState<Part | null>(null);
  const kept: Part | null = zoom === null ? null : [scale.x(zoom.fromMs), scale.x(zoom.toMs)];
  const [left, right] = draft ?? kept ?? [0, 1];
  const isPart = draft !== null || kept !== null;

  const xOf = ({ clientX }: PointerEvent) => {
    const { left: from, width } = box.current!.getBoundingClientRect();
    return clamp((clientX - from) / width);
  };
  const take = (event: PointerEvent, move: Move) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    box.current!.setPointerCapture(event.pointerId);
    grip.current = { from: xOf(event), part: [left, right], move };
  };
  const drag = (event: PointerEvent) => {
    if (grip.current === null) return;
    const { from, part, move } = grip.current;
    setDraft(MOVE[move](part, from, xOf(event)));
  };
  const drop = () => {
    const wasNew = grip.current?.move === "new";
    grip.current = null;
    if (draft === null) return;
    setDraft(null);
    keep(draft, wasNew);
  };
  const keep = ([from, to]: Part, wasNew: boolean) => {
    if (to - from < DRAG_MIN) {
      if (!wasNew) return;
      return setZoom(null);
    }
    setZoom(from <= 0.001 && to >= 0.999 ? null : { fromMs: scale.ms(from), toMs: scale.ms(to) });
  };
  const onKey = (event: KeyboardEvent, move: "left" | "right") => {
    const by = event.key === "ArrowLeft" ? -KEY_STEP : event.key === "ArrowRight" ? KEY_STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    keep(MOVE[move]([left, right], 0, (move === "left" ? left : right) + by), false);
  };
  const handle = (move: "left" | "right", x: number, label: string) => (
    <span
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1000}
      aria-valuenow={Math.round(x * 1_000)}
      aria-valuetext={`${duration(Math.max(0, scale.ms(x) - originMs))} after the start`}
      onPointerDown={(event) => take(event, move)}
      onKeyDown={(event) => onKey(event, move)}
      // At the ends it stays inside.
      style={{ left: `clamp(0px, calc(${x * 100}% - 12px), calc(100% - 24px))` }}
      className={`group absolute inset-y-0 z-1 flex w-6 cursor-ew-resize items-center ${x <= 0.001 ? "justify-start" : x >= 0.999 ? "justify-end" : "justify-center"}`}
    >
      <span className="h-5 w-1.5 rounded-full border border-line-strong bg-raised" />
    </span>
  );
  return (
    <div
      ref={box}
      onPointerDown={(event) => take(event, "new")}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerCancel={drop}
      className="absolute inset-0 cursor-crosshair"
    >
      <Shade from={0} to={left} />
      <Shade from={right} to={1} />
      {isPart && (
        <span
          onPointerDown={(event) => take(event, "all")}
          style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }}
          className="absolute inset-y-0 cursor-grab border-x border-line-strong"
        />
      )}
      {handle("left", left, "Left edge of what is seen")}
      {handle("right", right, "Right edge of what is seen")}
    </div>
  );
}

type Move = "new" | "all" | "left" | "right";

const MOVE: Readonly<Record<Move, (part: Part, from: number, to: number) => Part>> = {
  new: (_, from, to) => [Math.min(from, to), Math.max(from, to)],
  all: ([left, right], from, to) => {
    const by = Math.min(1 - right, Math.max(-left, to - from));
    return [left + by, right + by];
  },
  left: ([, right], _, to) => [Math.min(clamp(to), right - DRAG_MIN), right],
  right: ([left], _, to) => [left, Math.max(clamp(to), left + DRAG_MIN)],
};

function Shade({ from, to }: { readonly from: number; readonly to: number }) {
  if (to <= from) return null;
  return (
    <span
      style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
      className="absolute inset-y-0 bg-sunken/75"
    />
  );
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
