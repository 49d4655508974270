import { duration } from "../words/time.ts";
import { ticksOf } from "./axis.ts";
import type { Scale } from "./scale.ts";

interface AxisProps {
  readonly scale: Scale;
  readonly originMs: number;
  readonly isNarrow: boolean;
}

/** Further right a label would be cut. */
const LABELS_UNTIL = { wide: 0.95, narrow: 0.88 };
const MARKS = { wide: 8, narrow: 4 };

/** The labels above the bars. */
export function Axis({ scale, originMs, isNarrow }: AxisProps) {
  const ticks = ticksOf(scale, originMs, isNarrow ? MARKS.narrow : MARKS.wide);
  const isInside = ({ x }: { readonly x: number }) =>
    x < (isNarrow ? LABELS_UNTIL.narrow : LABELS_UNTIL.wide);
  return (
    <span className="relative block h-full overflow-hidden">
      {ticks.filter(isInside).map(({ x, label }) => (
        <span
          key={x}
          style={{ left: `${x * 100}%` }}
          className="absolute bottom-0.5 border-l border-line-strong pl-1 text-[11px] leading-4 whitespace-nowrap text-muted tabular-nums"
        >
          {label}
        </span>
      ))}
      {foldLabels(scale).map(({ x, ms }) => (
        <span
          key={x}
          style={{ left: `${x * 100}%` }}
          className="absolute top-0.5 -translate-x-1/2 rounded-sm bg-sunken px-1 text-[10px] leading-3 whitespace-nowrap text-muted tabular-nums"
        >
          {duration(ms)}
        </span>
      ))}
    </span>
  );
}

/** Closer ones would stand on one another: the longer has the word. */
const FOLD_LABEL_SHARE = 0.09;

function foldLabels(scale: Scale): { readonly x: number; readonly ms: number }[] {
  const labels: { x: number; ms: number }[] = [];
  for (const { fromMs, toMs } of scale.folds) {
    const next = { x: scale.x((fromMs + toMs) / 2), ms: toMs - fromMs };
    const last = labels.at(-1);
    if (last === undefined || next.x - last.x >= FOLD_LABEL_SHARE) labels.push(next);
    else if (next.ms > last.ms) labels[labels.length - 1] = next;
  }
  return labels;
}

/** Of more folds each is drawn more lightly. */
const BOLD_MAX = 12;
const HATCH = "repeating-linear-gradient(45deg, var(--line) 0 2px, transparent 2px 6px)";

interface LinesProps extends AxisProps {
  readonly atMs: number | null;
}

/** What goes through all rows: where marks are, what is squeezed, the instant that is looked at. */
export function Lines({ scale, originMs, isNarrow, atMs }: LinesProps) {
  const ticks = ticksOf(scale, originMs, isNarrow ? MARKS.narrow : MARKS.wide);
  return (
    <>
      {ticks.map(({ x }) => (
        <span
          key={x}
          style={{ left: `${x * 100}%` }}
          className="absolute inset-y-0 border-l border-line/70"
        />
      ))}
      {scale.folds.map(({ fromMs, toMs }) => (
        <span
          key={fromMs}
          title={`${duration(toMs - fromMs)} in which nothing happened`}
          style={{
            left: `${scale.x(fromMs) * 100}%`,
            width: `${(scale.x(toMs) - scale.x(fromMs)) * 100}%`,
            // On a phone it would go through the names.
            ...(isNarrow ? {} : { backgroundImage: HATCH }),
          }}
          className={`absolute inset-y-0 border-x border-dashed ${isNarrow || scale.folds.length > BOLD_MAX ? "border-line" : "border-line-strong"}`}
        />
      ))}
      {atMs !== null && (
        <span
          style={{ left: `${scale.x(atMs) * 100}%` }}
          className="absolute inset-y-0 border-l-2 border-accent"
        />
      )}
    </>
  );
}
