import { useParams, useSearch } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { JsonView } from "../../parts/json-view.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { type Tab, Tabs } from "../../parts/tabs.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { Ago } from "../../parts/when.tsx";
import { manifestOf } from "../../words/manifest.ts";
import { FunctionErrors } from "./function-errors.tsx";
import { FunctionFigures } from "./function-figures.tsx";
import { FunctionLimits } from "./function-limits.tsx";
import { FunctionRules } from "./function-rules.tsx";
import { FunctionRuns } from "./function-runs.tsx";
import { NoSchema } from "./no-schema.tsx";
import { PauseButton } from "./pause-button.tsx";

type TabId = "overview" | "input" | "declared";

const TABS: readonly Tab<TabId>[] = [
  { id: "overview", label: "Overview" },
  { id: "input", label: "Input and output" },
  { id: "declared", label: "As declared" },
];

/** One function: what it does when, how it goes, and what it takes. */
export function FunctionScreen() {
  const { fn } = useParams({ from: "/$app/$env/functions/$fn" });
  const { tab = "overview" } = useSearch({ from: "/$app/$env/functions/$fn" });
  const params = useWorkspaceParams();
  const targets = useTargets();
  const functions = useAnswer("listFunctions", { params });
  useTopics(["pauses", "deployments", "syncs"]);
  return (
    <Answered query={functions} title={fn}>
      {({ functions }) => {
        const found = functions.find(({ id }) => id === fn);
        if (found === undefined)
          return (
            <Empty title={`The app has no function ${fn}`}>
              <p>
                No sync has ever named it.{" "}
                <TargetLink target={targets.functions} className="text-accent underline underline-offset-2">
                  All functions
                </TargetLink>
              </p>
            </Empty>
          );
        const { input = null, output = null } = manifestOf(found.manifest);
        return (
          <>
            <PageHead
              title={fn}
              count={`v${found.version}`}
              description={
                found.removed_at === null ? (
                  <>
                    Synced <Ago at={found.synced_at} /> ago.
                  </>
                ) : (
                  <span className="text-bad">
                    Gone since <Ago at={found.removed_at} />: the last sync no longer named it. Its runs go
                    on, no new ones start.
                  </span>
                )
              }
              actions={
                found.removed_at === null && (
                  <>
                    <PauseButton fn={fn} />
                    <TargetLink
                      target={targets.trigger(fn)}
                      className="inline-flex min-h-8 items-center gap-1.5 rounded-md bg-accent px-2.5 text-sm font-medium text-on-accent hover:opacity-90"
                    >
                      <Play aria-hidden size={14} />
                      Trigger
                    </TargetLink>
                  </>
                )
              }
            />
            <Tabs label="Parts of this function" tabs={TABS} current={tab} />
            {tab === "overview" && (
              <div className="grid gap-4">
                <FunctionFigures fn={fn} />
                {input === null && found.removed_at === null && (
                  <p className="rounded-lg border border-line bg-calm-ground px-4 py-2.5 text-sm text-calm">
                    It says nothing of its input, so nothing checks it.{" "}
                    <TargetLink
                      target={{ ...targets.fn(fn), search: { tab: "input" } }}
                      className="underline underline-offset-2"
                    >
                      How to add a schema
                    </TargetLink>
                  </p>
                )}
                <div className="grid gap-4 xl:grid-cols-2">
                  <FunctionRules manifest={found.manifest} />
                  <div className="grid content-start gap-4">
                    <FunctionErrors fn={fn} />
                    <FunctionLimits fn={fn} />
                  </div>
                </div>
                <FunctionRuns fn={fn} />
              </div>
            )}
            {tab === "input" && (
              <div className="grid gap-4">
                {input === null ? (
                  <NoSchema fn={fn} />
                ) : (
                  <JsonView value={input} label="Input, as JSON Schema" isTitled />
                )}
                {output !== null && <JsonView value={output} label="Output, as JSON Schema" isTitled />}
              </div>
            )}
            {tab === "declared" && <JsonView value={found.manifest} label="Manifest" isTitled />}
          </>
        );
      }}
    </Answered>
  );
}
