import type { Action } from "../../auth/actions.ts";
import type { Actor } from "../../auth/actor.ts";
import { authorize } from "../../auth/authorize.ts";
import { Problem } from "../../domain/problems.ts";
import { type Notice, parseTopics, type Topics } from "../../streams/topics.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import { unavailable } from "../middleware/render-error.ts";
import type { RouteParts } from "../parts.ts";

/** Who may read them may hear of them. The other topics are of runs, as the routes are. */
const ACTION: Record<Notice, Action> = {
  schedules: "schedules.read",
  skips: "events.read",
  limits: "limits.read",
  pauses: "limits.read",
  inputs: "inputs.read",
  deployments: "deployments.read",
  bulks: "runs.read",
  views: "views.read",
  syncs: "syncs.read",
};

export function streamRoutes({ streams, workspaceIds }: RouteParts): Handlers<"stream" | "changeTopics"> {
  return {
    async stream({ params, query, actor, header, authorizeAgain }) {
      const topics = readTopics(query.topics, "?topics", actor!, params);
      const id = await workspaceIds.require(params.app, params.env);
      const opened = streams.open({
        workspace: { id, app: params.app, environment: params.env },
        topics,
        lastEventId: header("last-event-id") || query.after || null,
        mayStay: authorizeAgain,
      });
      if (opened !== null) return opened;
      throw unavailable("This engine process has as many streams as it can bear. Try again, at another one.");
    },

    async changeTopics({ params, body, actor }) {
      const topics = readTopics(body.topics, "/topics", actor!, params);
      const id = await workspaceIds.require(params.app, params.env);
      if (streams.changeTopics(id, params.sid, topics)) return { sid: params.sid };
      throw new Problem(
        "not-found",
        "This engine process has no such stream: it has ended, or another process holds it. Open a stream with these topics.",
      );
    },
  };
}

/** @throws Problem `validation`, or `forbidden` for the first topic that the actor may not read. */
function readTopics(
  text: string,
  pointer: string,
  actor: Actor,
  { app, env }: { readonly app: string; readonly env: string },
): Topics {
  const topics = parseTopics(text);
  if (typeof topics === "string") throw invalid([{ pointer, detail: topics }]);
  const target = { workspace: { app, environment: env }, runId: null };
  for (const notice of topics.notices) authorize(actor, ACTION[notice], target);
  return topics;
}
