import { epochMsOfUuidV7 } from "../domain/ids.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Held } from "./held-run.ts";
import type { Memo, MemoHead } from "./memo.ts";

/** Do not start another step after this; an app that says how long it may run gets that minus a margin. */
const BUDGET_MS_DEFAULT = 25_000;
const BUDGET_MARGIN_MS = 1_000;
/** What an SDK may use of this engine; one that does not know a name ignores it. */
const CAPABILITIES = '["checkpoint","claim","heartbeat","late"]';

/** How much of a run a dispatch shows, and how; JSON texts. */
export interface ShownPart extends Pick<MemoHead, "json"> {
  readonly next: string | null;
  readonly event: string;
}

/**
 * The body of one dispatch. Built as text: the memo and the event are already JSON, as received, and are neither
 * parsed nor copied through objects. Everything else in it is ours and needs no escaping but names of users.
 */
export function buildRequest(
  held: Held,
  fence: string,
  workspace: WorkspaceEntry,
  deployment: string | null,
  shown: ShownPart = { json: held.memo.toJson(), next: null, event: held.head.event },
): string {
  const { head, memo, stepId } = held;
  const task = stepId === null ? taskOf(memo) : `"kind":"step","step":"${stepId}"`;
  const fn = JSON.stringify(head.functionId);
  const app = JSON.stringify(workspace.app);
  const maxMs = workspace.endpoint?.maxDurationMs ?? null;
  const budgetMs = maxMs === null ? BUDGET_MS_DEFAULT : Math.max(1, maxMs - BUDGET_MARGIN_MS);
  const only = deployment === null ? "" : `"deployment":${JSON.stringify(deployment)},`;
  const attempt = held.runAttempt === 0 ? "" : `,"attempt":${held.runAttempt + 1}`;
  return (
    `{"type":"invoke",${only}"app":${app},"fn":${fn},"rev":"${head.functionVersion}",` +
    `"run":{"id":"${head.runId}","started_at":"${new Date(epochMsOfUuidV7(head.runId)).toISOString()}"${attempt}},` +
    `"task":{${task},"fence":"${fence}"},` +
    `"input":{"event":${shown.event}${head.events === null ? "" : `,"events":${head.events}`}},"memo":${shown.json},"memo_next":${JSON.stringify(shown.next)},` +
    `"attempts":${memo.attemptsJson()},"budget":{"ms":${budgetMs},"steps":1},` +
    `"known":${memo.settledCount},"engine":{"environment":"${workspace.environment}","capabilities":${CAPABILITIES}}}`
  );
}

/** A run that is ending has always something left to undo: the commit that undoes the last step ends it. */
function taskOf(memo: Memo): string {
  return memo.ending === null ? '"kind":"advance"' : `"kind":"compensate","step":"${memo.nextToUndo!.id}"`;
}
