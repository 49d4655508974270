import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { call } from "../../api/call.ts";
import { useAnswer } from "../../api/query.ts";
import type { Run } from "../../live/patches.ts";
import { useLive, useTopics } from "../../shell/live-context.ts";
import { useWorkspaceParams } from "../../shell/workspace.ts";
import { Traces, type TracesState } from "../../trace/traces.ts";

const ENDED: ReadonlySet<Run["status"]> = new Set(["completed", "failed", "cancelled"]);

export function hasEnded({ status }: Pick<Run, "status">): boolean {
  return ENDED.has(status);
}

/** A run that the stream patches as long as it goes on. */
export function useLiveRun(id: string): UseQueryResult<Run> {
  const params = useWorkspaceParams();
  const run = useAnswer("getRun", { params: { ...params, id } });
  const [topic, setTopic] = useState<string | null>(null);
  const open = run.data?.id === id && !hasEnded(run.data) ? run.data : null;
  // From the last step that was known when it was read: told once, and not again with each step.
  if (open !== null && topic?.startsWith(`run:${id}@`) !== true) setTopic(`run:${id}@${lastSeq(open)}`);
  useTopics(open !== null && topic !== null ? [topic] : []);
  return run;
}

function lastSeq({ steps }: Run): number {
  return steps.reduce((last, { seq }) => Math.max(last, seq ?? 0), 0);
}

/** The traces on the screen: what has changed of them is read again when the stream says so. */
export function useTraces(id: string): { readonly traces: Traces; readonly state: TracesState } {
  const { app, env } = useWorkspaceParams();
  const live = useLive();
  const traces = useMemo(() => {
    const made = new Traces(
      (run) => (query, signal) => call("getRunTrace", { params: { app, env, id: run }, query }, signal),
    );
    made.open(id);
    return made;
  }, [app, env, id]);
  const state = useSyncExternalStore(traces.onState, () => traces.state);
  useEffect(() => traces.start(), [traces]);
  useEffect(
    () =>
      live.onPatch((workspace, { topic, id: run, patch }) => {
        if (workspace !== `${app}/${env}` || run === null || topic !== `run:${run}`) return;
        traces.readAgain(run, stepsOf(patch));
      }),
    [live, traces, app, env],
  );
  useEffect(
    () =>
      live.onReset((workspace) => {
        if (workspace === `${app}/${env}`) for (const run of traces.runs) traces.readAgain(run, []);
      }),
    [live, traces, app, env],
  );
  // Of child runs that stand open no more is known than that they move.
  const children = [...state.loaded].flatMap(([run, loaded]) =>
    run !== id && loaded !== null && loaded.trace.endMs === null ? [`run:${run}`] : [],
  );
  useTopics(children);
  return { traces, state };
}

function stepsOf(patch: Readonly<Record<string, unknown>> | null): string[] {
  const steps = (patch as Partial<Run> | null)?.steps ?? [];
  return steps.map(({ id }) => id);
}
