import { actorName } from "../../auth/actor.ts";
import { isFingerprint } from "../../domain/fingerprint.ts";
import { notFound } from "../../domain/problems.ts";
import {
  type ErrorGroup,
  type ErrorState,
  listErrorGroups,
  listErrorVersions,
  triageErrors,
} from "../../store/error-groups.ts";
import { listRuns, NO_FILTER } from "../../store/runs-listing.ts";
import { ERROR_SAMPLES_MAX, ERROR_VERSIONS_MAX } from "../contract/errors.ts";
import type { Call, Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function errorRoutes({
  database,
  workspaceIds,
}: RouteParts): Handlers<"listErrors" | "getError" | "resolveError" | "muteError" | "reopenError"> {
  return {
    async listErrors({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const [lastSeenUs, fingerprint] = query.cursor?.split(".") ?? [];
      const found = await listErrorGroups(database, workspaceId, {
        state: query.state ?? null,
        functionId: query.function ?? null,
        fingerprint: null,
        before: query.cursor === undefined ? null : { lastSeenUs: lastSeenUs!, fingerprint: fingerprint! },
        limit: query.limit + 1,
      });
      const page = found.slice(0, query.limit);
      return { errors: page.map(show), next: found.length > query.limit ? page.at(-1)!.position : null };
    },

    async getError({ params }) {
      const fingerprint = requireFingerprint(params.fingerprint);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const [group] = await listErrorGroups(database, workspaceId, {
        state: null,
        functionId: null,
        fingerprint,
        before: null,
        limit: 1,
      });
      if (group === undefined) throw notFound();
      const [versions, samples] = await Promise.all([
        listErrorVersions(database, workspaceId, fingerprint, ERROR_VERSIONS_MAX),
        listRuns(database, workspaceId, {
          ...NO_FILTER,
          error: fingerprint,
          before: null,
          limit: ERROR_SAMPLES_MAX,
        }),
      ]);
      return { ...show(group), versions, samples: samples.map(({ id }) => id) };
    },

    resolveError: (call) => triage(call, "resolved"),
    muteError: (call) => triage(call, "muted"),
    reopenError: (call) => triage(call, "open"),
  };

  async function triage(
    { params, body, actor }: Pick<Call<"resolveError">, "params" | "body" | "actor">,
    state: ErrorState,
  ) {
    const fingerprint = requireFingerprint(params.fingerprint);
    const workspaceId = await workspaceIds.require(params.app, params.env);
    const was = await triageErrors(
      database,
      workspaceId,
      fingerprint,
      state,
      actorName(actor!),
      body?.reason ?? null,
    );
    if (was === null) throw notFound();
    return { fingerprint, state, was };
  }
}

function show({ position: _, ...group }: ErrorGroup) {
  return group;
}

/** What cannot be one is unknown, like any other. */
function requireFingerprint(text: string): string {
  if (!isFingerprint(text)) throw notFound();
  return text;
}
