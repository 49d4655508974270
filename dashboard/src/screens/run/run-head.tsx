import { Link2 } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTargets } from "../../here/targets.ts";
import type { Run } from "../../live/patches.ts";
import { useAnnounce } from "../../parts/announcer.tsx";
import { Id } from "../../parts/id.tsx";
import { RunLink } from "../../parts/run-link.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { useCopy } from "../../parts/use-copy.ts";
import { Ago, Took } from "../../parts/when.tsx";
import type { RunTime } from "../../trace/span.ts";
import { RUN_STATUS } from "../../words/run-status.ts";
import { compareTarget } from "./compare-target.ts";
import { RunActions } from "./run-actions.tsx";
import { SumBar } from "./sum-bar.tsx";
import { WhyLine } from "./why-line.tsx";

interface RunHeadProps {
  readonly run: Run;
  /** As it was at the instant that is looked at. */
  readonly shown: Run;
  readonly time: RunTime | null;
  readonly isThen: boolean;
  /** Its settled steps are there. */
  readonly isWhole: boolean;
}

/** Which run it is, how it is and why, and what can be done with it. */
export function RunHead({ run, shown, time, isThen, isWhole }: RunHeadProps) {
  const targets = useTargets();
  const announce = useAnnounce();
  const said = useRef(run.status);
  useEffect(() => {
    if (said.current === run.status) return;
    said.current = run.status;
    announce(`The run is ${RUN_STATUS[run.status].label.toLowerCase()}`);
  }, [run.status, announce]);
  return (
    <header className="mb-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold break-words">
            <TargetLink target={targets.fn(run.function)} className="hover:underline">
              {run.function}
            </TargetLink>
          </h1>
          <StatusPill status={shown.status} />
          {isThen && <span className="text-xs font-medium text-accent">as of then</span>}
          <span className="inline-flex items-center">
            <Id id={run.id} name="the run's id" />
            <CopyLink />
          </span>
        </div>
        <RunActions run={run} isWhole={isWhole} />
      </div>
      <WhyLine run={shown} isThen={isThen} />
      <HeadFacts run={run} />
      {time !== null && !isThen && <SumBar run={run} time={time} />}
    </header>
  );
}

/** With all that stands in it: whoever opens it sees the same. */
function CopyLink() {
  const { copy, isCopied } = useCopy(location.href);
  return (
    <button
      type="button"
      title="Copy the address of what is shown (Shift+Y)"
      onClick={copy}
      className="inline-flex min-h-6 items-center gap-1 rounded px-1 text-xs text-muted hover:bg-hover hover:text-text"
    >
      <Link2 aria-hidden size={13} />
      {isCopied === null ? "Link" : isCopied ? "copied" : "not copied"}
    </button>
  );
}

const LINK = "text-accent hover:underline";

function HeadFacts({ run }: { readonly run: Run }) {
  const targets = useTargets();
  const { parent, origin, event } = run;
  const deployment = run.steps.findLast((step) => step.deployment !== null)?.deployment ?? null;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-6 gap-y-1.5 text-sm">
      <HeadFact name="Created">
        <Ago at={run.created_at} /> ago
      </HeadFact>
      <HeadFact name={run.ended_at === null ? "So far" : "Took"}>
        <Took from={run.created_at} to={run.ended_at} />
      </HeadFact>
      <HeadFact name="Event">
        <TargetLink target={targets.event(event.id)} className={LINK}>
          {event.name}
        </TargetLink>
      </HeadFact>
      <HeadFact name="Version">
        {run.function_version}
        {deployment !== null && <span className="text-muted"> at {deployment}</span>}
      </HeadFact>
      {parent !== null && (
        <HeadFact name={parent.kind === "on-failure" ? "For the failure of" : "Started by"}>
          <RunLink id={parent.run} app={parent.app} />
        </HeadFact>
      )}
      {origin !== null && (
        <HeadFact name="Rerun of">
          <RunLink id={origin.run} />{" "}
          <TargetLink target={compareTarget(run, origin.run, run.id)} className={LINK}>
            compare
          </TargetLink>
        </HeadFact>
      )}
      {run.reruns.length > 0 && (
        <HeadFact name="Rerun as">
          <RunLink id={run.reruns.at(-1)!.run} />
          {run.reruns.length > 1 && <span className="text-muted"> and {run.reruns.length - 1} more</span>}
        </HeadFact>
      )}
    </dl>
  );
}

function HeadFact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline gap-1.5">
      <dt className="text-muted">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}
