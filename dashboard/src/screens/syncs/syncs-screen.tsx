import { useSearch } from "@tanstack/react-router";
import { useTopics } from "../../here/live-context.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { DeploymentList } from "./deployment-list.tsx";
import { SyncList } from "./sync-list.tsx";
import { SyncNow } from "./sync-now.tsx";

/** How the engine knows the app's functions: by asking it. */
export function SyncsScreen() {
  const { tab = "syncs" as const } = useSearch({ from: "/$app/$env/syncs" });
  useTopics(["deployments", "syncs"]);
  return (
    <>
      <PageHead
        title="Syncs"
        description="The engine learns an app's functions by asking its endpoint, and believes only the signed answer."
      />
      <Tabs
        label="Syncs and deployments"
        current={tab}
        tabs={[
          { id: "syncs", label: "Syncs" },
          { id: "deployments", label: "Deployments" },
        ]}
      />
      {tab === "deployments" ? (
        <DeploymentList />
      ) : (
        <div className="space-y-5">
          <SyncNow />
          <SyncList />
        </div>
      )}
    </>
  );
}
