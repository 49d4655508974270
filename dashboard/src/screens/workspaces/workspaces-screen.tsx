import { Link } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { lookOf } from "../../words/environment.ts";

/** Every app with its environments. */
export function WorkspacesScreen() {
  const apps = useAnswer("listApps", {});
  return (
    <main className="mx-auto max-w-5xl p-6">
      <h1 className="text-xl font-semibold">Workspaces</h1>
      <Answered query={apps}>
        {({ apps }) =>
          apps.length === 0 ? (
            <Empty title="No app has been here yet" />
          ) : (
            <ul className="mt-4 grid gap-3 sm:grid-cols-2">
              {apps.map(({ app, environment, production }) => (
                <li key={`${app}/${environment}`} className="rounded-lg border border-line bg-raised">
                  <Link to="/$app/$env/runs" params={{ app, env: environment }} className="block p-4">
                    <span className="font-semibold">{app}</span>{" "}
                    <span className={lookOf(environment, production).text}>
                      {lookOf(environment, production).label}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </main>
  );
}
