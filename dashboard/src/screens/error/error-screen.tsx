import { useParams } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { LogText } from "../../parts/log-text.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { FunctionLink } from "../../parts/run-link.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { grouped } from "../../words/number.ts";
import { ERROR_STATE } from "../errors/error-words.ts";
import { ErrorActions } from "./error-actions.tsx";
import { ErrorStack } from "./error-stack.tsx";
import { ErrorVersions } from "./error-versions.tsx";

const READ_MS = 5_000;

/** One group of errors: where, since when, in which versions, in which runs, and what is done about it. */
export function ErrorScreen() {
  const { fingerprint } = useParams({ from: "/$app/$env/errors/$fingerprint" });
  const params = { ...useWorkspaceParams(), fingerprint };
  const targets = useTargets();
  const error = useAnswer("getError", { params });
  useReadAsRunsMove(["getError"], READ_MS);
  return (
    <Answered query={error} rows={10} title="Error">
      {(group) => (
        <>
          <PageHead
            title={
              <>
                <span className="text-bad">{group.name}</span>{" "}
                <TonePill tone={ERROR_STATE[group.state].tone}>{ERROR_STATE[group.state].label}</TonePill>
              </>
            }
            description={<LogText text={group.message} />}
            actions={<ErrorActions group={group} />}
          />
          <div className="space-y-4">
            <div className="rounded-lg border border-line bg-raised px-4 py-3">
              <Facts>
                <Fact name="Seen">{grouped(group.count)} times</Fact>
                <Fact name="First">
                  <Ago at={group.first_seen} /> ago
                </Fact>
                <Fact name="Last">
                  <Ago at={group.last_seen} /> ago
                </Fact>
                <Fact name="Runs in trouble">
                  <TargetLink target={targets.runs(`error:${fingerprint}`)} className="text-accent underline">
                    {grouped(group.runs_in_trouble)}
                  </TargetLink>
                  <span className="text-muted"> failed and not completed since, or paused</span>
                </Fact>
                <Fact name="Functions">
                  {group.functions.map((id) => (
                    <span key={id} className="mr-2">
                      <FunctionLink id={id} />
                    </span>
                  ))}
                </Fact>
                <Fact name="Step">{group.step ?? "the function's own code"}</Fact>
                <Fact name="State">
                  {ERROR_STATE[group.state].said}
                  {group.state_at !== null && (
                    <>
                      {" "}
                      For <Ago at={group.state_at} />
                      {group.state_by === null ? ", since it came back" : `, by ${group.state_by}`}
                      {group.state_reason !== null && `: ${group.state_reason}`}.
                    </>
                  )}
                </Fact>
              </Facts>
            </div>
            <ErrorStack group={group} />
            <ErrorVersions versions={group.versions} />
          </div>
        </>
      )}
    </Answered>
  );
}
