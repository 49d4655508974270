import { Sparkline } from "../../parts/sparkline.tsx";
import { type Target, TargetLink } from "../../parts/target.tsx";
import type { Course } from "./figures.ts";

interface FigureCardProps {
  readonly name: string;
  readonly course: Course;
  readonly target: Target;
  /** Of its lines. */
  readonly colors: readonly string[];
  /** What the second line is, where there is one. */
  readonly second?: string;
  readonly isBars?: boolean;
}

/** A number, its course, and the list that it counts. */
export function FigureCard({ name, course, target, colors, second, isBars = false }: FigureCardProps) {
  return (
    <TargetLink
      target={target}
      className="block min-w-0 rounded-lg border border-line bg-raised p-3 pb-2.5 hover:border-line-strong"
    >
      <span className="flex items-baseline justify-between gap-2">
        <span className="truncate text-xs text-muted">{name}</span>
        {second && (
          <span className="flex shrink-0 items-center gap-1 text-xs text-muted">
            <span aria-hidden className="w-3 border-t-2 border-dashed" style={{ borderColor: colors[1] }} />
            {second}
          </span>
        )}
      </span>
      <span className="mt-0.5 mb-1.5 block text-lg font-semibold tabular-nums">{course.value}</span>
      <Sparkline
        label={course.said}
        isBars={isBars}
        lines={course.lines.map((values, index) => ({ values, color: colors[index]!, isDashed: index > 0 }))}
      />
    </TargetLink>
  );
}
