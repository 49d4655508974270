import { useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { LimitList } from "./limit-list.tsx";
import { PauseAll } from "./pause-all.tsx";
import { PauseList } from "./pause-list.tsx";
import { ShapeList } from "./shape-list.tsx";

/** What holds runs back: limits that they wait at, what an event must pass before there is a run, and what people have paused. */
export function LimitsScreen() {
  const params = useWorkspaceParams();
  const { tab = "limits" } = useSearch({ from: "/$app/$env/limits" });
  const pauses = useAnswer("listPauses", { params });
  useTopics(["limits", "pauses"]);
  const paused = pauses.data?.pauses.length ?? 0;
  return (
    <>
      <PageHead
        title="Limits"
        description="How many at a time and how often, as functions declare it. A job that may not run yet waits; nothing is dropped."
        actions={<PauseAll />}
      />
      <Tabs
        label="Kinds of limits"
        current={tab}
        tabs={[
          { id: "limits", label: "Limits" },
          { id: "before", label: "Before a run" },
          { id: "paused", label: "Paused", ...(paused > 0 ? { count: paused } : {}) },
        ]}
      />
      {tab === "limits" && <LimitList />}
      {tab === "before" && <ShapeList />}
      {tab === "paused" && <PauseList query={pauses} />}
    </>
  );
}
