import { useAnswer } from "../../api/query.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import type { Column } from "../../parts/column.ts";
import { Empty } from "../../parts/empty.tsx";
import { Table } from "../../parts/table.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { grouped } from "../../words/number.ts";
import { type Deployment, deploymentState } from "./deployment-words.ts";
import { RetireButton } from "./retire-button.tsx";

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
  {
    id: "said",
    label: "Which means",
    cell: (deployment) => <span className="text-muted">{deploymentState(deployment).said}</span>,
  },
  { id: "url", label: "Address", cell: ({ url }) => <code className="break-all">{url}</code> },
  { id: "kept", label: "Runs kept on it", align: "right", cell: ({ kept_runs }) => grouped(kept_runs) },
  { id: "synced", label: "Synced", align: "right", cell: ({ synced_at }) => <Ago at={synced_at} /> },
  { id: "act", label: "", align: "right", cell: (deployment) => <RetireButton deployment={deployment} /> },
];

/** Which deployments answer, and how many runs are kept on each. A row leads to the runs it has run. */
export function DeploymentList() {
  const params = useWorkspaceParams();
  const targets = useTargets();
  const deployments = useAnswer("listDeployments", { params });
  return (
    <Answered query={deployments}>
      {({ deployments }) =>
        deployments.length === 0 ? (
          <Empty title="The app does not say which deployment it is">
            <p>
              Give its processes <code>DURABLE_DEPLOYMENT</code>: then each step says which one ran it, and
              runs can be kept on theirs.
            </p>
          </Empty>
        ) : (
          <Table
            label="Deployments, the one synced last first"
            columns={COLUMNS}
            rows={deployments}
            idOf={({ name }) => name}
            targetOf={({ name }) => targets.runs(`deployment:${name}`)}
            nameOf={({ name }) => `Runs of ${name}`}
          />
        )
      }
    </Answered>
  );
}
