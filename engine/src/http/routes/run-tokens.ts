import { makeRunToken, RUN_FIELDS } from "@durable/protocol/wire";
import { type Actor, actorName } from "../../auth/actor.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { showWatched } from "../../runs/show-watched.ts";
import { noteAction } from "../../store/audit.ts";
import { isRunLive } from "../../store/run-states.ts";
import { loadWatchedRuns } from "../../store/watched-runs.ts";
import { WATCHERS_PER_RUN_MAX } from "../../streams/streams.ts";
import { noTopics } from "../../streams/topics.ts";
import type { Handlers } from "../handlers.ts";
import { unavailable } from "../middleware/render-error.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "./run-id.ts";

export function runTokenRoutes({
  clock,
  database,
  registry,
  runResults,
  streams,
  workspaceIds,
}: RouteParts): Handlers<"createRunToken" | "watchRun" | "followRun"> {
  /** @throws Problem `not-found` for an id that is not in the workspace. */
  async function requireRun(workspaceId: number, id: string): Promise<string> {
    const runId = requireRunId(id);
    if ((await isRunLive(database, workspaceId, runId)) === null) throw notFound();
    return runId;
  }

  return {
    async createRunToken({ params, body, actor }) {
      const { app, env } = params;
      const workspaceId = await workspaceIds.require(app, env);
      const run = await requireRun(workspaceId, params.id);
      const [newest] = (await registry.of(workspaceId)).signingKeys;
      if (newest === undefined) {
        throw new Problem(
          "no-signing-secret",
          `Nothing can be sealed for ${app}/${env}. Create a secret with POST /v1/apps/${app}/${env}/signing-secrets.`,
        );
      }
      const { fields, expires_in_s: expiresInS } = body;
      const until = Math.floor(clock.epochMs() / 1000) + expiresInS;
      const expires_at = new Date(until * 1000).toISOString();
      await noteAction(database, workspaceId, {
        actor: actorName(actor!),
        action: "run.share",
        target: run,
        detail: `${fields.join(", ")}, until ${expires_at}`,
      });
      return { token: makeRunToken(newest, { app, env, run, fields, until }), expires_at };
    },

    async watchRun({ params, query, actor, signal }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const runId = requireRunId(params.id);
      const state = await runResults.read({ workspaceId, runId }, query.wait * 1000, signal());
      if (state === null) throw notFound();
      const [run] = await loadWatchedRuns(database, workspaceId, [runId]);
      if (run === undefined) throw notFound();
      return showWatched(run, fieldsOf(actor!));
    },

    async followRun({ params, actor, header, authorizeAgain }) {
      const { app, env } = params;
      const workspaceId = await workspaceIds.require(app, env);
      const runId = await requireRun(workspaceId, params.id);
      if (streams.watchersOf(workspaceId, runId) >= WATCHERS_PER_RUN_MAX) {
        throw new Problem(
          "too-many-requests",
          `This run has ${WATCHERS_PER_RUN_MAX} streams at this engine process already. Wait until others have gone.`,
          { headers: { "retry-after": "5" } },
        );
      }
      const watched = { runId, fields: fieldsOf(actor!), knows: header("last-event-id") };
      const opened = streams.open({
        workspace: { id: workspaceId, app, environment: env },
        topics: { ...noTopics(), watched },
        lastEventId: null,
        mayStay: authorizeAgain,
      });
      if (opened !== null) return opened;
      throw unavailable("This engine process has as many streams as it can bear. Try again, at another one.");
    },
  };
}

function fieldsOf(actor: Actor) {
  return actor.kind === "run-token" ? actor.fields : RUN_FIELDS;
}
