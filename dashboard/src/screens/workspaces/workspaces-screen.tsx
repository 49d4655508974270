import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../api/query.ts";
import { Answered } from "../../parts/answered.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import type { Workspace } from "../../words/environment.ts";
import { FirstApp } from "./first-app.tsx";
import { WorkspaceCard } from "./workspace-card.tsx";

const ASK_WHILE_EMPTY_MS = 2_000;

/** Every app with its environments, and how each of them is. */
export function WorkspacesScreen() {
  // A stream is of a workspace, and there is none yet: the one place that asks again by itself, and only while there is nothing to show.
  const answer = useQuery({
    ...queryOf("listApps", {}),
    refetchInterval: ({ state }) => (state.data?.apps.length === 0 ? ASK_WHILE_EMPTY_MS : false),
  });
  return (
    <main id="content" className="mx-auto max-w-6xl p-4 sm:p-8">
      <p className="mb-4 font-semibold">Durable</p>
      <Answered query={answer} title="Workspaces">
        {({ apps }) =>
          apps.length === 0 ? (
            <FirstApp />
          ) : (
            <>
              <PageHead
                title="Workspaces"
                description="An app in an environment, each with runs, keys and limits of its own."
                actions={<Refresh query={answer} />}
              />
              <div className="grid gap-8">
                {byApp(apps).map(([app, workspaces]) => (
                  <section key={app} aria-label={app}>
                    <h2 className="mb-2 text-lg font-semibold break-words">{app}</h2>
                    <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
                      {workspaces.map((workspace) => (
                        <WorkspaceCard key={workspace.environment} workspace={workspace} />
                      ))}
                    </ul>
                  </section>
                ))}
              </div>
            </>
          )
        }
      </Answered>
    </main>
  );
}

function byApp(workspaces: readonly Workspace[]): [string, Workspace[]][] {
  const apps = new Map<string, Workspace[]>();
  for (const workspace of workspaces)
    apps.set(workspace.app, [...(apps.get(workspace.app) ?? []), workspace]);
  return [...apps];
}
