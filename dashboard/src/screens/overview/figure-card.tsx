import type { Target } from "../../here/target.ts";
import { Sparkline } from "../../parts/sparkline.tsx";
import { TargetLink } from "../../parts/target.tsx";
import type { Course } from "./figures.ts";

interface FigureCardProps {
  readonly name: string;
  readonly course: Course;
  readonly target: Target;
  /** Of its parts. */
  readonly colors: readonly string[];
  /** What the second part is, where there is one. */
  readonly second?: string;
}

/** A number, its course, and the list that it counts. */
export function FigureCard({ name, course, target, colors, second }: FigureCardProps) {
  return (
    <TargetLink
      target={target}
      className="block min-w-0 rounded-lg border border-line bg-raised p-3 pb-2.5 hover:border-line-strong"
    >
      <span className="flex h-4 items-center justify-between gap-2">
        <span className="truncate text-xs text-muted">{name}</span>
        {second && (
          <span className="flex shrink-0 items-center gap-1 text-xs text-muted">
            <span aria-hidden className="size-2 rounded-xs" style={{ background: colors[1] }} />
            {second}
          </span>
        )}
      </span>
      <span className="mt-0.5 mb-1.5 block text-lg font-semibold tabular-nums">{course.value}</span>
      <Sparkline
        label={course.said}
        bars={course.lines.map((values, index) => ({ values, color: colors[index]! }))}
      />
    </TargetLink>
  );
}
