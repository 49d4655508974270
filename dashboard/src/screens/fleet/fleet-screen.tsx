import { useAnswer } from "../../api/query.ts";
import { useTopics } from "../../here/live-context.ts";
import { useReadAsRunsMove } from "../../here/read-as-runs-move.ts";
import { useWorkspace } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { byTrouble } from "./circuit-words.ts";
import { EndpointCard } from "./endpoint-card.tsx";
import { Engines } from "./engines.tsx";

const READ_MS = 5_000;

/** Where code runs: the endpoints that engines call, whether they answer, and the engines. */
export function FleetScreen() {
  const { app, env } = useWorkspace();
  const apps = useAnswer("listApps", {});
  useTopics(["deployments"]);
  const fleet = useAnswer("getFleet", {});
  useReadAsRunsMove(["listApps", "getFleet"], READ_MS);
  return (
    <>
      <PageHead
        title="Fleet"
        description="The app that is called, and the engines that call it. An engine never runs your code itself."
        actions={<Refresh query={apps} also={fleet} />}
      />
      <Answered query={apps} rows={6}>
        {({ apps }) => {
          const isHere = (each: (typeof apps)[number]) => each.app === app && each.environment === env;
          const here = apps.find(isHere);
          const others = apps.filter((each) => !isHere(each) && each.endpoint !== null).toSorted(byTrouble);
          return (
            <div className="space-y-6">
              {here === undefined || here.endpoint === null ? (
                <Empty title="No endpoint is known here">
                  <p>
                    The app announces itself when it starts in development. Elsewhere tell the engine once
                    where it answers:{" "}
                    <code>
                      durable sync https://… --app {app} --env {env}
                    </code>
                  </p>
                </Empty>
              ) : (
                <EndpointCard workspace={here} endpoint={here.endpoint} />
              )}
              <Engines fleet={fleet} />
              {others.length > 0 && (
                <section aria-label="Other workspaces" className="space-y-3">
                  <h2 className="font-semibold">Other workspaces of this engine</h2>
                  {others.map((each) => (
                    <EndpointCard
                      key={`${each.app}/${each.environment}`}
                      workspace={each}
                      endpoint={each.endpoint!}
                      isOther
                    />
                  ))}
                </section>
              )}
            </div>
          );
        }}
      </Answered>
    </>
  );
}
