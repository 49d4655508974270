import { useParams } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { Answered } from "../../parts/answered.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { useTopics } from "../../shell/live-context.ts";
import { useTargets } from "../../shell/targets.ts";
import { useWorkspaceParams } from "../../shell/workspace.ts";
import { countOf } from "../../words/number.ts";
import { deploymentState } from "../syncs/deployment-words.ts";
import { RetireButton } from "../syncs/retire-button.tsx";

/** One deployment: where it answers, and which runs are kept on it. */
export function SyncScreen() {
  const { id } = useParams({ from: "/$app/$env/syncs/$id" });
  const params = useWorkspaceParams();
  const targets = useTargets();
  const deployments = useAnswer("listDeployments", { params });
  useTopics(["deployments"]);
  return (
    <Answered query={deployments}>
      {({ deployments }) => {
        const deployment = deployments.find(({ name }) => name === id);
        if (deployment === undefined)
          return (
            <Empty title="There is no such deployment">
              <p>
                The last hundred are kept.{" "}
                <TargetLink target={targets.syncs} className="text-accent underline">
                  All of them
                </TargetLink>
              </p>
            </Empty>
          );
        const { label, tone, said } = deploymentState(deployment);
        return (
          <>
            <PageHead
              title={
                <>
                  {deployment.name} <TonePill tone={tone}>{label}</TonePill>
                </>
              }
              description={said}
              actions={<RetireButton deployment={deployment} />}
            />
            <div className="rounded-lg border border-line bg-raised px-4 py-3">
              <Facts>
                <Fact name="Address">
                  <code className="break-all">{deployment.url}</code>
                  <CopyButton text={deployment.url} what="the address" className="min-h-6 px-1" />
                </Fact>
                <Fact name="Synced">
                  <Ago at={deployment.synced_at} /> ago
                </Fact>
                <Fact name="Runs kept on it">{countOf(deployment.kept_runs, "run")}</Fact>
                <Fact name="Runs it has run">
                  <TargetLink
                    target={targets.runs(`deployment:${deployment.name}`)}
                    className="text-accent underline"
                  >
                    Show them
                  </TargetLink>
                </Fact>
                {deployment.retired_at !== null && (
                  <Fact name="Retired">
                    <Ago at={deployment.retired_at} /> ago
                  </Fact>
                )}
              </Facts>
            </div>
          </>
        );
      }}
    </Answered>
  );
}
