import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Run } from "../../live/patches.ts";
import { Empty } from "../../parts/empty.tsx";
import type { Loaded } from "../../trace/rows.ts";
import { VirtualRows } from "../run/virtual-rows.tsx";
import { alignSteps, hasDifference } from "./align.ts";
import { StepPair } from "./step-pair.tsx";

interface StepComparisonProps {
  readonly a: Run;
  readonly b: Run;
  readonly traces: { readonly a: Loaded | null; readonly b: Loaded | null };
}

/** All steps of both; those that are the same can be left out. */
export function StepComparison({ a, b, traces }: StepComparisonProps) {
  const { differing } = useSearch({ from: "/$app/$env/compare" });
  const navigate = useNavigate({ from: "/$app/$env/compare" });
  const all = useMemo(() => alignSteps(a.steps, b.steps), [a.steps, b.steps]);
  const different = useMemo(() => all.filter(hasDifference), [all]);
  const shown = differing === 1 ? different : all;
  return (
    <section aria-label="Steps" className="min-w-0 rounded-lg border border-line bg-raised">
      <header className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-4 py-2.5">
        <h2 className="font-semibold">
          Steps
          <span className="ml-2 text-sm font-normal text-muted">
            {different.length.toLocaleString("en-GB")} of {all.length.toLocaleString("en-GB")} differ
          </span>
        </h2>
        <label className="flex min-h-6 items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4"
            checked={differing === 1}
            onChange={({ target }) =>
              void navigate({
                search: (now) => ({ ...now, differing: target.checked ? 1 : undefined }),
                replace: true,
                resetScroll: false,
              })
            }
          />
          Only differences
        </label>
      </header>
      {shown.length === 0 ? (
        <Empty title={all.length === 0 ? "Neither has a step" : "All steps came to the same"} />
      ) : (
        <VirtualRows items={shown} keyOf={({ id }) => id} label="Steps of both runs" rowPx={41}>
          {(row) => <StepPair row={row} traces={traces} />}
        </VirtualRows>
      )}
    </section>
  );
}
