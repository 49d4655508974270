import { useParams } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { grouped } from "../../words/number.ts";
import { outcomeOf } from "../syncs/sync-words.ts";
import { FunctionDiff } from "./function-diff.tsx";

/** One sync: who asked, what answered, and what each function declared before and since. */
export function SyncScreen() {
  const { id } = useParams({ from: "/$app/$env/syncs/$id" });
  const params = { ...useWorkspaceParams(), id };
  const sync = useAnswer("getSync", { params });
  useTopics(["syncs"]);
  return (
    <Answered query={sync} rows={8} title="Sync">
      {(sync) => {
        const { label, tone } = outcomeOf(sync);
        return (
          <>
            <PageHead
              title={
                <>
                  Sync <TonePill tone={tone}>{label}</TonePill>
                </>
              }
              description={sync.problem === null ? undefined : sync.problem.title}
            />
            <div className="space-y-4">
              {sync.problem !== null && (
                <div className="rounded-md border border-line bg-bad-ground p-3 text-sm">
                  <p className="break-words">{sync.problem.detail}</p>
                  <p className="mt-1 text-muted">{sync.problem.fix}</p>
                  <p className="mt-1 text-xs text-muted">
                    <code>{sync.problem.code}</code>
                  </p>
                </div>
              )}
              <div className="rounded-lg border border-line bg-raised px-4 py-3">
                <Facts>
                  <Fact name="When">
                    <Ago at={sync.seen_at} /> ago
                    {sync.count > 1 && (
                      <span className="text-muted">
                        {" "}
                        {grouped(sync.count)} times in a row, first <Ago at={sync.at} /> ago
                      </span>
                    )}
                  </Fact>
                  <Fact name="Asked by">{sync.by}</Fact>
                  <Fact name="Address">
                    {sync.url === null ? "–" : <code className="break-all">{sync.url}</code>}
                  </Fact>
                  <Fact name="SDK">{sync.sdk ?? <span className="text-muted">not told</span>}</Fact>
                  <Fact name="Deployment">
                    {sync.deployment ?? <span className="text-muted">not told</span>}
                  </Fact>
                  {sync.resolved_at !== null && (
                    <Fact name="Mended">
                      <Ago at={sync.resolved_at} /> ago, by a sync that succeeded
                    </Fact>
                  )}
                </Facts>
              </div>
              {sync.problem === null && <FunctionDiff functions={sync.functions} />}
            </div>
          </>
        );
      }}
    </Answered>
  );
}
