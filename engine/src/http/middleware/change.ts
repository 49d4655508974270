// What stands between a request that changes something and its handler: the second click, the record, and once is once.
import type { HonoRequest } from "hono";
import { ruleOf } from "../../auth/actions.ts";
import { type Actor, actorName, type WorkspaceName } from "../../auth/actor.ts";
import { isPerson } from "../../auth/confirmation.ts";
import { noteAction } from "../../store/audit.ts";
import type { Row } from "../contract/row.ts";
import { type Answered, answerOnce, IDEMPOTENCY_HEADER } from "./answer-once.ts";
import type { Authentication } from "./authenticate.ts";
import { invalid } from "./check.ts";
import { requireConfirmation } from "./require-confirmation.ts";

export interface Asked {
  readonly row: Row;
  readonly actor: Actor | null;
  /** Null: neither the request nor its credential names one. */
  readonly workspace: WorkspaceName | null;
  readonly request: HonoRequest;
  readonly body: () => Promise<Uint8Array>;
  /** It says what would be done, and does nothing. */
  readonly isPreview: boolean;
}

/** The answer, and the headers that it has besides. */
export interface Changed extends Answered {
  readonly more: Readonly<Record<string, string>>;
}

export async function change(
  parts: Authentication,
  { row, actor, workspace, request, body, isPreview }: Asked,
  act: () => Promise<Answered>,
): Promise<Changed> {
  const { effect, audited } = ruleOf(row.action);
  const key = request.header(IDEMPOTENCY_HEADER);
  if (effect === "reads" || actor === null || workspace === null) return { ...(await act()), more: {} };
  // Apps and event keys are not asked, and their starts are not noted: without a key nothing comes before it.
  if (key === undefined && !isPerson(actor)) return { ...(await act()), more: {} };
  const { app, environment } = workspace;
  const workspaceId = await parts.workspaceIds.find(app, environment);
  const sent = {
    method: request.method,
    path: pathOf(request.url),
    body: row.body === null ? new Uint8Array() : await body(),
  };
  await requireConfirmation(parts, { row, actor, workspace, workspaceId, isPreview, ...sent }, request);
  // A workspace that is not there yet has no records; what makes it is audited by its statement.
  if (workspaceId === null) return { ...(await act()), more: {} };
  const by = actorName(actor);
  const recorded = async () => {
    if (audited !== null && audited !== "with" && isPerson(actor)) {
      const target = request.param("fn") ?? request.param("id") ?? "";
      await noteAction(parts.database, workspaceId, {
        actor: by,
        action: audited.before,
        target,
        detail: null,
      });
    }
    return await act();
  };
  if (key === undefined) return { ...(await recorded()), more: {} };
  requireKey(key);
  const { isReplayed, ...answered } = await answerOnce(
    parts,
    { workspaceId, actor: by, key },
    sent,
    recorded,
  );
  return { ...answered, more: isReplayed ? { "idempotency-replayed": "true" } : {} };
}

const KEY_CHARACTERS_MAX = 255;

function requireKey(key: string): void {
  if (key.length > 0 && key.length <= KEY_CHARACTERS_MAX) return;
  throw invalid([{ pointer: IDEMPOTENCY_HEADER, detail: `must have 1 to ${KEY_CHARACTERS_MAX} characters` }]);
}

/** With its query, without its host: proxies differ in that. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
