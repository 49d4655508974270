import type { HonoRequest } from "hono";
import type { Actor, WorkspaceName } from "../../auth/actor.ts";
import {
  CONFIRM_ASK,
  CONFIRM_S,
  isAskedTwice,
  isConfirmed,
  isPerson,
  makeConfirmation,
} from "../../auth/confirmation.ts";
import { Problem } from "../../domain/problems.ts";
import { bornProduction } from "../../domain/production.ts";
import type { Row } from "../contract/row.ts";
import type { Sent } from "./answer-once.ts";
import type { Authentication } from "./authenticate.ts";

export const CONFIRM_HEADER = "durable-confirm";

interface Change extends Sent {
  readonly row: Row;
  readonly actor: Actor;
  readonly workspace: WorkspaceName;
  readonly workspaceId: number | null;
  /** It only says what would be done. */
  readonly isPreview: boolean;
}

/**
 * @throws Problem `confirmation-needed` where a person changes something and has not said so twice: in production, and
 * wherever a request says that it wants to be asked. Who sends the header is held to it.
 */
export async function requireConfirmation(
  parts: Authentication,
  change: Change,
  request: HonoRequest,
): Promise<void> {
  const { engineKeys, clock } = parts;
  const { row, actor, workspace, workspaceId: _, isPreview: __, ...sent } = change;
  if (!isPerson(actor)) return;
  const token = request.header(CONFIRM_HEADER);
  const isProduction = await isMarked(parts, change);
  if (token === undefined && !(isProduction && isAskedTwice(actor, row.action) && !change.isPreview)) return;
  const nowS = Math.floor(clock.epochMs() / 1000);
  const call = { actor, action: row.action, ...sent };
  if (token !== undefined && isConfirmed(engineKeys, call, token, nowS)) return;
  const why =
    token === undefined || token === CONFIRM_ASK
      ? ""
      : `What was confirmed was another call, or is over after ${CONFIRM_S} s. `;
  const { app, environment } = workspace;
  const where = isProduction
    ? `${app}/${environment} is marked production, and this changes something there`
    : `This changes something in ${app}/${environment}`;
  throw new Problem(
    "confirmation-needed",
    `${why}${where}: "${row.summary}". ` +
      `Send the same request again within ${CONFIRM_S} s with \`${CONFIRM_HEADER}: <confirm>\`.`,
    { confirm: makeConfirmation(engineKeys, call, nowS) },
  );
}

async function isMarked(
  { registry }: Authentication,
  { workspace, workspaceId }: Pick<Change, "workspace" | "workspaceId">,
): Promise<boolean> {
  return workspaceId === null
    ? bornProduction(workspace.environment)
    : (await registry.of(workspaceId)).isProduction;
}
