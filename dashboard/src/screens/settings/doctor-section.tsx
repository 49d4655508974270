import { Check, CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useAnswer } from "../../api/query.ts";
import { useLineState, useTopics } from "../../here/live-context.ts";
import { useWorkspace, useWorkspaceParams } from "../../here/workspace.ts";
import { Panel } from "../../parts/panel.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { Ago } from "../../parts/when.tsx";
import { CIRCUIT } from "../fleet/circuit-words.ts";
import { SCOPE } from "./key-words.ts";

const LATE_MS = 60_000;

/** What must be well for runs to go on, looked at now. */
export function DoctorSection() {
  const params = useWorkspaceParams();
  const { app, env } = useWorkspace();
  const ready = useAnswer("ready", {});
  const me = useAnswer("getMe", {});
  const apps = useAnswer("listApps", {});
  const metrics = useAnswer("getMetrics", { params, query: {} });
  useTopics(["counters"]);
  const line = useLineState();
  const endpoint =
    apps.data?.apps.find((each) => each.app === app && each.environment === env)?.endpoint ?? null;
  const readTo = metrics.data?.read_to;
  return (
    <Panel
      title="Doctor"
      description="What must be well for runs to go on."
      actions={<Refresh query={ready} />}
    >
      <ul className="divide-y divide-line text-sm">
        <Finding
          name="The engine can take work"
          isWell={ready.data?.status === "ready"}
          isKnown={!ready.isPending}
        >
          {ready.error ? (
            <ProblemPanel error={ready.error} />
          ) : (
            "It reaches the database, its migrations are current, and its heartbeat is fresh."
          )}
        </Finding>
        <Finding name="This page is told what changes" isWell={line?.is === "open"} isKnown={line !== null}>
          {line?.is === "open"
            ? "The stream is open."
            : "The stream is away: what is on the screen may be old."}
        </Finding>
        <Finding
          name="The app answers"
          isWell={endpoint?.circuit.state === "closed"}
          isKnown={!apps.isPending}
        >
          {endpoint === null ? (
            "No endpoint is known here."
          ) : (
            <>
              {CIRCUIT[endpoint.circuit.state].said} {endpoint.circuit.last_error ?? ""} Synced{" "}
              <Ago at={endpoint.synced_at} /> ago, {endpoint.sdk}.
            </>
          )}
        </Finding>
        <Finding
          name="Figures are counted"
          isWell={readTo !== undefined && metrics.dataUpdatedAt - Date.parse(readTo) < LATE_MS}
          isKnown={!metrics.isPending}
        >
          {readTo === undefined ? (
            "Not yet."
          ) : (
            <>
              Up to <Ago at={readTo} /> ago; ten seconds are usual.
            </>
          )}
        </Finding>
      </ul>
      <p className="mt-3 text-sm text-muted">
        Engine {me.data?.version ?? "…"}
        {me.data?.mode === "dev" && ", development"}; you are {me.data?.name ?? "…"}, who may{" "}
        {me.data === undefined ? "…" : SCOPE[me.data.scope].label.toLowerCase()}. The API is described at{" "}
        <a href="/api/docs" className="text-accent underline">
          /api/docs
        </a>
        .
      </p>
    </Panel>
  );
}

interface FindingProps {
  readonly name: string;
  readonly isWell: boolean;
  readonly isKnown: boolean;
  readonly children: ReactNode;
}

function Finding({ name, isWell, isKnown, children }: FindingProps) {
  return (
    <li className="flex gap-3 py-2.5">
      {isKnown ? (
        isWell ? (
          <Check aria-label="Well" size={16} className="mt-0.5 shrink-0 text-good" />
        ) : (
          <CircleAlert aria-label="Not well" size={16} className="mt-0.5 shrink-0 text-bad" />
        )
      ) : (
        <span className="mt-0.5 size-4 shrink-0 rounded-full bg-sunken" />
      )}
      <div className="min-w-0 flex-1">
        <h3 className="font-medium">{name}</h3>
        <div className="text-muted">{isKnown ? children : "Looking …"}</div>
      </div>
    </li>
  );
}
