import { useAnswer } from "../../api/query.ts";
import { Answered } from "../../parts/answered.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Table } from "../../parts/table.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { useTopics } from "../../shell/live-context.ts";
import { useWorkspaceParams } from "../../shell/workspace.ts";
import { grouped } from "../../words/number.ts";
import { type Deployment, deploymentState } from "./deployment-words.ts";
import { RetireButton } from "./retire-button.tsx";
import { SyncNow } from "./sync-now.tsx";

const COLUMNS: readonly Column<Deployment>[] = [
  {
    id: "name",
    label: "Deployment",
    cell: ({ name }) => <span className="font-medium break-all">{name}</span>,
  },
  {
    id: "state",
    label: "State",
    onPhone: "aside",
    cell: (deployment) => {
      const { label, tone } = deploymentState(deployment);
      return <TonePill tone={tone}>{label}</TonePill>;
    },
  },
  { id: "url", label: "Address", cell: ({ url }) => <code className="break-all">{url}</code> },
  { id: "kept", label: "Runs kept on it", align: "right", cell: ({ kept_runs }) => grouped(kept_runs) },
  { id: "synced", label: "Synced", align: "right", cell: ({ synced_at }) => <Ago at={synced_at} /> },
  { id: "act", label: "", align: "right", cell: (deployment) => <RetireButton deployment={deployment} /> },
];

/** How the engine knows the app's functions: by asking it. */
export function SyncsScreen() {
  const params = useWorkspaceParams();
  const deployments = useAnswer("listDeployments", { params });
  useTopics(["deployments"]);
  return (
    <>
      <PageHead
        title="Syncs"
        description="The engine learns an app's functions by asking its endpoint, and believes only the signed answer."
      />
      <div className="space-y-6">
        <SyncNow />
        <section aria-label="Deployments">
          <h2 className="mb-2 font-semibold">Deployments</h2>
          <Answered query={deployments}>
            {({ deployments }) =>
              deployments.length === 0 ? (
                <div className="rounded-lg border border-line bg-raised">
                  <Empty title="The app does not say which deployment it is">
                    <p>
                      Give its processes <code>DURABLE_DEPLOYMENT</code>: then each step says which one ran
                      it, and runs can be kept on theirs.
                    </p>
                  </Empty>
                </div>
              ) : (
                <Table
                  label="Deployments, the one synced last first"
                  columns={COLUMNS}
                  rows={deployments}
                  idOf={({ name }) => name}
                  targetOf={({ name }) => ({ to: "/$app/$env/syncs/$id", params: { ...params, id: name } })}
                  nameOf={({ name }) => name}
                />
              )
            }
          </Answered>
        </section>
      </div>
    </>
  );
}
