import type { AnswerOf } from "@durable/engine/api";
import { Link, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiProblem } from "../../api/problem.ts";
import { useAnswer } from "../../api/query.ts";
import { targetsOf } from "../../here/targets.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { lookOf } from "../../words/environment.ts";

type Found = AnswerOf<"find">["found"][number];

/** `/r/{id}` and `/e/{id}`, as they stand in logs: to the run or the event, in whichever workspace it is. */
export function FindScreen() {
  const { id } = useParams({ strict: false }) as { id: string };
  const kind = useLocation().pathname.startsWith("/e/") ? "event" : "run";
  const found = useAnswer("find", { query: { id } });
  if (found.error instanceof ApiProblem && found.error.body.code === "not-found")
    return (
      <main id="content">
        <NotFound id={id} />
      </main>
    );
  return (
    <main id="content" className="mx-auto max-w-2xl p-6">
      <Answered query={found} rows={2}>
        {(answer) => {
          // A run that was started by name has the id of its event: the address says which is meant.
          const meant = answer.found.filter((each) => each.kind === kind);
          const found = meant.length === 0 ? answer.found : meant;
          const [first] = found;
          if (first === undefined) return <NotFound id={id} />;
          if (found.length === 1) return <Redirect found={first} />;
          return (
            <>
              <h1 className="text-xl font-semibold break-all">{id}</h1>
              <p className="mt-1 text-muted">Several things have this id.</p>
              <ul className="mt-4 divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised">
                {found.map((each) => (
                  <li key={`${each.kind}/${each.app}/${each.environment}`}>
                    <TargetLink
                      target={targetOf(each)}
                      className="flex items-center gap-3 px-4 py-3 hover:bg-hover"
                    >
                      <span className="font-medium">{each.kind === "run" ? "Run" : "Event"}</span>
                      <span className="text-muted">{each.app}</span>
                      <span
                        className={`font-bold ${lookOf(each.environment, each.environment === "prod").text}`}
                      >
                        {each.environment.toUpperCase()}
                      </span>
                    </TargetLink>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Answered>
    </main>
  );
}

function NotFound({ id }: { readonly id: string }) {
  return (
    <Empty title="Nothing has this id">
      <p>
        <code className="break-all">{id}</code> is no run and no event that this engine has, or may show you.
        Old ones go with their retention.{" "}
        <Link to="/" className="text-accent underline underline-offset-2">
          All workspaces
        </Link>
      </p>
    </Empty>
  );
}

/** Once; where it leads takes a moment to be fetched, and meanwhile this is drawn again. */
function Redirect({ found: { kind, app, environment, id } }: { readonly found: Found }) {
  const navigate = useNavigate();
  useEffect(() => {
    const target: object = targetOf({ kind, app, environment, id });
    void navigate({ ...(target as { to: never }), replace: true });
  }, [navigate, kind, app, environment, id]);
  return <p className="text-muted">Found it.</p>;
}

function targetOf({ kind, app, environment: env, id }: Found) {
  const targets = targetsOf({ app, env });
  return kind === "run" ? targets.run(id) : targets.event(id);
}
