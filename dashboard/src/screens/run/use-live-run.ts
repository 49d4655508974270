import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { call } from "../../api/call.ts";
import { useAnswer } from "../../api/query.ts";
import { useLive, useTopics } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import type { Patch } from "../../live/messages.ts";
import type { Run } from "../../live/patches.ts";
import { Traces, type TracesState } from "../../trace/traces.ts";

const ENDED: ReadonlySet<Run["status"]> = new Set(["completed", "failed", "cancelled"]);

export function hasEnded({ status }: Pick<Run, "status">): boolean {
  return ENDED.has(status);
}

/** Above every number of a journal. */
const ONLY_OPEN = 2_147_483_647;

interface LiveRun {
  readonly head: UseQueryResult<Run>;
  /** Undefined until its head is there. */
  readonly run: Run | undefined;
  /** Its settled steps are among its steps. */
  readonly isWhole: boolean;
}

/**
 * A run that the stream patches as long as it goes on. Its settled steps, which may be many megabytes, are loaded only when somebody
 * looks at one of them: the trace has pages of its own.
 */
export function useLiveRun(id: string, wantsSteps: boolean): LiveRun {
  const params = { ...useWorkspaceParams(), id };
  const head = useAnswer("getRun", { params, query: { steps_after: ONLY_OPEN } });
  const whole = useAnswer("getRun", { params }, { when: wantsSteps && head.data !== undefined });
  const [topic, setTopic] = useState<string | null>(null);
  const live = head.data?.id === id ? head.data.live : null;
  // From the last step that was known when it was read: told once, and not again with each step.
  if (live !== null && topic?.startsWith(`run:${id}@`) !== true) setTopic(`run:${id}@${live.journal_seq}`);
  useTopics(live !== null && topic !== null ? [topic] : []);
  const isWhole = whole.data?.id === id;
  return { head, run: isWhole ? whole.data : head.data, isWhole };
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
      live.onPatches((workspace, patches) => {
        if (workspace !== `${app}/${env}`) return;
        for (const run of traces.runs) {
          const ofRun = patches.filter(({ topic, id }) => id === run && topic === `run:${run}`);
          if (ofRun.length > 0) traces.readAgain(run, ofRun.flatMap(stepsOf));
        }
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

function stepsOf({ patch }: Patch): string[] {
  const steps = (patch as Partial<Run> | null)?.steps ?? [];
  return steps.map(({ id }) => id);
}
