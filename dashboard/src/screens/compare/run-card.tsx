import type { ReactNode } from "react";
import type { Run } from "../../live/patches.ts";
import { FunctionLink, RunLink } from "../../parts/run-link.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { Ago, Took } from "../../parts/when.tsx";

interface RunCardProps {
  readonly name: string;
  readonly run: Run;
  readonly other: Run;
}

/** One of the two; what is another there is marked, in words too. */
export function RunCard({ name, run, other }: RunCardProps) {
  const deployment = deploymentOf(run);
  return (
    <section aria-label={`Run ${name}`} className="rounded-lg border border-line bg-raised p-4">
      <h2 className="flex flex-wrap items-center gap-2">
        <span className="inline-flex size-6 items-center justify-center rounded bg-accent-ground text-sm font-bold text-accent">
          {name}
        </span>
        <FunctionLink id={run.function} />
        <StatusPill status={run.status} />
        <RunLink id={run.id} />
      </h2>
      <dl className="mt-3 grid grid-cols-2 gap-x-4 gap-y-1.5 text-sm sm:grid-cols-4">
        <CardFact name="Created">
          <Ago at={run.created_at} /> ago
        </CardFact>
        <CardFact name="Took">
          <Took from={run.created_at} to={run.ended_at} />
        </CardFact>
        <CardFact name="Version" differs={run.function_version !== other.function_version}>
          {run.function_version}
        </CardFact>
        <CardFact name="Deployment" differs={deployment !== deploymentOf(other)}>
          {deployment ?? "not told"}
        </CardFact>
      </dl>
    </section>
  );
}

interface CardFactProps {
  readonly name: string;
  readonly differs?: boolean;
  readonly children: ReactNode;
}

function CardFact({ name, differs = false, children }: CardFactProps) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="break-words tabular-nums">
        {children}
        {differs && <span className="ml-1.5 rounded bg-calm-ground px-1 text-xs text-calm">differs</span>}
      </dd>
    </div>
  );
}

function deploymentOf({ steps }: Run): string | null {
  return steps.findLast(({ deployment }) => deployment !== null)?.deployment ?? null;
}
