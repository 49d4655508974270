import { useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { useTargets } from "../../here/targets.ts";
import type { Run } from "../../live/patches.ts";
import { Answered } from "../../parts/answered.tsx";
import { Panel } from "../../parts/panel.tsx";
import { RunLink } from "../../parts/run-link.tsx";
import { StatusPill } from "../../parts/status-pill.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { Ago, Took } from "../../parts/when.tsx";
import { compareTarget } from "./compare-target.ts";
import { type TreeLine, treeLines } from "./tree-lines.ts";

const LINK = "text-accent hover:underline";

/** The runs around it: those it started and those that started it, and those that go over it again. */
export function RelatedTab({ run }: { readonly run: Run }) {
  const { app, environment: env, id, event, origin, reruns } = run;
  const targets = useTargets();
  const tree = useAnswer("getRunTree", { params: { app, env, id } });
  return (
    <div className="grid gap-4 xl:grid-cols-2 xl:items-start">
      <Panel
        title="Family"
        description="The run itself with the runs that it started, and those that they did."
      >
        <Answered query={tree} rows={3}>
          {({ root, runs, is_cut }) => (
            <>
              {root !== id && (
                <p className="mb-2 text-sm">
                  At the top of its tree: <RunLink id={root} />
                </p>
              )}
              {run.parent?.app && (
                <p className="mb-2 text-sm">
                  Started by another app: <RunLink id={run.parent.run} app={run.parent.app} />
                </p>
              )}
              <Family lines={treeLines(runs)} current={id} />
              {is_cut && (
                <p className="mt-2 text-sm text-muted">There are more: open one of them for its own.</p>
              )}
            </>
          )}
        </Answered>
      </Panel>
      <div className="min-w-0 space-y-4">
        <Panel title="Event" description="What it was started by, and what else that event did.">
          <p className="text-sm">
            <TargetLink target={targets.event(event.id)} className={LINK}>
              {event.name}
            </TargetLink>
            <span className="text-muted">
              , received <Ago at={event.received_at} /> ago
            </span>
          </p>
        </Panel>
        <Panel title="Again" description="Runs that go over the same once more.">
          {origin === null && reruns.length === 0 ? (
            <p className="text-sm text-muted">It was not run again, and goes over no other run.</p>
          ) : (
            <ul className="space-y-2 text-sm">
              {origin !== null && (
                <li className="flex flex-wrap items-center gap-2">
                  <span className="text-muted">This one goes over</span>
                  <RunLink id={origin.run} />
                  <span className="text-muted">
                    {KIND[origin.kind]}, with {origin.kept} of its results
                  </span>
                  <TargetLink target={compareTarget(run, origin.run, id)} className={LINK}>
                    compare
                  </TargetLink>
                </li>
              )}
              {reruns.map(({ run: made, kind, status }) => (
                <li key={made} className="flex flex-wrap items-center gap-2">
                  <RunLink id={made} />
                  <StatusPill status={status} />
                  <span className="text-muted">{KIND[kind]}</span>
                  <TargetLink target={compareTarget(run, id, made)} className={LINK}>
                    compare
                  </TargetLink>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
    </div>
  );
}

const KIND: Readonly<Record<NonNullable<Run["origin"]>["kind"], string>> = {
  rerun: "from the start",
  "from-step": "from a step",
  retry: "from what failed",
};

function Family({ lines, current }: { readonly lines: readonly TreeLine[]; readonly current: string }) {
  const isAlone = useMemo(() => lines.length < 2, [lines]);
  if (isAlone) return <p className="text-sm text-muted">It started no other run.</p>;
  return (
    <ul className="text-sm">
      {lines.map(({ run, depth }) => (
        <li
          key={run.run}
          style={{ paddingLeft: depth * 18 }}
          className="flex flex-wrap items-center gap-x-2.5 border-b border-line/60 py-1.5 last:border-0"
        >
          <span className={run.run === current ? "font-semibold" : ""}>{run.function}</span>
          <RunLink id={run.run} app={run.app} />
          <StatusPill status={run.status} />
          {run.parent?.kind === "on-failure" && depth > 0 && (
            <span className="text-muted">for its failure</span>
          )}
          <span className="ml-auto text-xs text-muted tabular-nums">
            <Took from={run.created_at} to={run.ended_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
