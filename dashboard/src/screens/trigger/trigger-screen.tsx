import { useParams, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { nodeOf } from "../../parts/schema-form/read-schema.ts";
import { initialOf } from "../../parts/schema-form/schema-value.ts";
import { TargetLink } from "../../parts/target.tsx";
import { manifestOf } from "../../words/manifest.ts";
import { TriggerForm } from "./trigger-form.tsx";

/** Starts a run of one function by hand. */
export function TriggerScreen() {
  const { fn } = useParams({ from: "/$app/$env/functions/$fn/trigger" });
  const { from } = useSearch({ from: "/$app/$env/functions/$fn/trigger" });
  const params = useWorkspaceParams();
  const targets = useTargets();
  const functions = useAnswer("listFunctions", { params });
  const origin = useAnswer(
    "getRun",
    { params: { ...params, id: from ?? "" }, query: {} },
    { when: from !== undefined },
  );
  return (
    <>
      <PageHead
        title={`Trigger ${fn}`}
        description={
          <>
            A run of exactly this function.{" "}
            <TargetLink target={targets.fn(fn)} className="text-accent underline underline-offset-2">
              What it does
            </TargetLink>
          </>
        }
      />
      <Answered query={functions}>
        {({ functions }) => {
          const found = functions.find(({ id }) => id === fn);
          if (found === undefined || found.removed_at !== null)
            return (
              <Empty title={found === undefined ? `The app has no function ${fn}` : `${fn} is gone`}>
                <p>The last sync did not name it, so nothing can start it.</p>
              </Empty>
            );
          const { input } = manifestOf(found.manifest);
          const begin = input === undefined ? {} : initialOf(nodeOf(input));
          if (from === undefined) return <TriggerForm key={fn} fn={fn} schema={input} begin={begin} />;
          return (
            <Answered query={origin}>
              {(run) => <TriggerForm key={run.id} fn={fn} schema={input} begin={run.event.data} />}
            </Answered>
          );
        }}
      </Answered>
    </>
  );
}
