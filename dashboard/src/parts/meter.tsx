import { grouped } from "../words/number.ts";
import { joinClasses } from "./join-classes.ts";

interface MeterProps {
  readonly used: number;
  /** Null: there is no upper end. */
  readonly most: number | null;
  /** What is counted: `places`. */
  readonly what: string;
  readonly className?: string;
}

/** So many of so many: as numbers, and as a bar. A full one is striped, so that it can be told without colours. */
export function Meter({ used, most, what, className }: MeterProps) {
  const share = most === null || most === 0 ? 1 : Math.min(1, used / most);
  const isFull = most !== null && used >= most;
  return (
    <span className={joinClasses("inline-flex min-w-0 items-center gap-2", className)}>
      <span className="whitespace-nowrap tabular-nums">
        <span className={isFull ? "font-semibold" : "font-medium"}>{grouped(used)}</span>
        <span className="text-muted">
          {most === null ? "" : ` / ${grouped(most)}`}
          <span className="sr-only"> {what}</span>
        </span>
      </span>
      {most !== null && (
        <span aria-hidden className="h-2 w-20 shrink-0 overflow-hidden rounded-full bg-sunken">
          <span
            className="block h-full rounded-full"
            style={{
              width: `${Math.round(share * 100)}%`,
              background: isFull
                ? "repeating-linear-gradient(135deg, var(--phase-limit) 0 4px, color-mix(in srgb, var(--phase-limit) 55%, transparent) 4px 7px)"
                : "var(--phase-app)",
            }}
          />
        </span>
      )}
    </span>
  );
}
