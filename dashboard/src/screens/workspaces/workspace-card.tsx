import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { targetsOf } from "../../here/targets.ts";
import { WorkspaceContext } from "../../here/workspace.ts";
import { joinClasses } from "../../parts/join-classes.ts";
import { Sparkline } from "../../parts/sparkline.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { useSpan } from "../../parts/use-span.ts";
import { Ago } from "../../parts/when.tsx";
import { lookOf, type Workspace } from "../../words/environment.ts";
import { grouped } from "../../words/number.ts";
import { LIVE_STATUSES } from "../../words/run-status.ts";
import { atSteps, RANGE } from "../../words/time-range.ts";
import { startsOf } from "../overview/figures.ts";
import { MarkButton } from "./mark-button.tsx";
import { figuresOf } from "./workspace-figures.ts";

/** One app in one environment: does it answer, is anything failing, how much is going on. */
export function WorkspaceCard({ workspace }: { readonly workspace: Workspace }) {
  const { app, environment: env, production, endpoint } = workspace;
  const look = lookOf(env, production);
  const targets = useMemo(() => targetsOf({ app, env }), [app, env]);
  const span = useSpan("1h");
  const query = { from: new Date(span.fromMs).toISOString() };
  const metrics = useAnswer("getMetrics", { params: { app, env }, query }, { keep: true });
  const figures = metrics.data === undefined ? null : figuresOf(metrics.data);
  const here = useMemo(() => ({ app, env, isProduction: production }), [app, env, production]);
  const said = (count: number | null | undefined) =>
    count === undefined ? (metrics.error ? "?" : "…") : count === null ? "–" : grouped(count);
  return (
    <WorkspaceContext value={here}>
      <li className="relative overflow-hidden rounded-lg border border-line bg-raised hover:border-line-strong">
        <div className={joinClasses("h-1", look.bar)} />
        <div className="p-4 pt-3">
          <div className="flex items-center justify-between gap-2">
            <Link
              to="/$app/$env"
              params={{ app, env }}
              aria-label={`${app} ${look.label}`}
              className="outline-none after:absolute after:inset-0 focus-visible:after:rounded-lg focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            >
              <span className={joinClasses("text-base font-bold", look.text)}>{look.label}</span>
            </Link>
            <EndpointState endpoint={endpoint} />
          </div>
          <dl className="mt-3 grid grid-cols-3 gap-2">
            <Figure name="Failed, 1 h" isBad={(figures?.failed ?? 0) > 0}>
              <TargetLink
                target={targets.runs("status:failed after:1h")}
                className="relative z-1 hover:underline"
              >
                {said(figures?.failed)}
              </TargetLink>
            </Figure>
            <Figure name="Live runs">
              <TargetLink
                target={targets.runs(`status:${LIVE_STATUSES.join(",")}`)}
                className="relative z-1 hover:underline"
              >
                {said(figures === null ? undefined : figures.live)}
              </TargetLink>
            </Figure>
            <Figure name="Queued">{said(figures === null ? undefined : figures.queued)}</Figure>
          </dl>
          {metrics.data && (
            <div className="mt-2">
              <Sparkline
                label={startsOf(metrics.data, span, RANGE["1h"].said).said}
                height={24}
                bars={[
                  {
                    values: atSteps(span, metrics.data.points, ({ started }) => started, 0),
                    color: "var(--phase-app)",
                  },
                  {
                    values: atSteps(span, metrics.data.points, ({ failed }) => failed, 0),
                    color: "var(--bad)",
                  },
                ]}
              />
            </div>
          )}
          <div className="mt-3 flex items-end justify-between gap-2 border-t border-line pt-2.5 text-xs text-muted">
            <span className="min-w-0">
              {endpoint === null ? (
                "Never synced"
              ) : (
                <>
                  Synced <Ago at={endpoint.synced_at} /> ago
                  <span className="block truncate">
                    {endpoint.deployment === null ? endpoint.sdk : `${endpoint.deployment} · ${endpoint.sdk}`}
                  </span>
                </>
              )}
            </span>
            <MarkButton workspace={workspace} />
          </div>
        </div>
      </li>
    </WorkspaceContext>
  );
}

interface FigureProps {
  readonly name: string;
  readonly isBad?: boolean;
  readonly children: ReactNode;
}

function Figure({ name, isBad = false, children }: FigureProps) {
  return (
    <div>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className={joinClasses("text-lg font-semibold tabular-nums", isBad && "text-bad")}>{children}</dd>
    </div>
  );
}

const CIRCUIT = {
  closed: { said: "Answers", dot: "bg-good", text: "text-muted" },
  limited: { said: "Is busy", dot: "bg-calm", text: "text-calm" },
  open: { said: "Does not answer", dot: "bg-bad", text: "text-bad font-medium" },
} as const;

function EndpointState({ endpoint }: Pick<Workspace, "endpoint">) {
  if (endpoint === null) return <span className="text-xs text-muted">No endpoint</span>;
  const { said, dot, text } = CIRCUIT[endpoint.circuit.state];
  return (
    <span className={joinClasses("inline-flex items-center gap-1.5 text-xs", text)}>
      <span aria-hidden className={joinClasses("size-2 rounded-full", dot)} />
      {said}
    </span>
  );
}
