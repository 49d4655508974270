import type { ReactNode } from "react";
import type { Target } from "../here/target.ts";
import { TargetLink } from "./target.tsx";

interface FigureProps {
  readonly label: string;
  readonly value: ReactNode;
  /** Below it, quietly. */
  readonly note?: ReactNode;
  /** What it counts, as a list. */
  readonly target?: Target | undefined;
  readonly tone?: "text" | "bad" | "calm" | undefined;
}

const TONE = { text: "text-text", bad: "text-bad", calm: "text-calm" } as const;

/** One number that matters, and what it counts when it is clicked. */
export function Figure({ label, value, note, target, tone = "text" }: FigureProps) {
  const body = (
    <>
      <dt className="text-xs text-muted">{label}</dt>
      <dd className={`mt-0.5 text-xl font-semibold tabular-nums ${TONE[tone]}`}>
        {value}
        {target !== undefined && (
          <TargetLink
            target={target}
            aria-label={`${label}: show them`}
            className="absolute inset-0 rounded-lg hover:bg-hover/50"
          >
            {null}
          </TargetLink>
        )}
      </dd>
      {note !== undefined && <dd className="text-xs text-muted">{note}</dd>}
    </>
  );
  return <div className="relative min-w-0 rounded-lg border border-line bg-raised px-3 py-2">{body}</div>;
}

export function Figures({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <dl
      aria-label={label}
      className="grid grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]"
    >
      {children}
    </dl>
  );
}
