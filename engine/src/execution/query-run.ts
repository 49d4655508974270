import type { CallAnswer } from "@durable/protocol/wire";
import { epochMsOfUuidV7 } from "../domain/ids.ts";
import { notFound, Problem } from "../domain/problems.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { DirectLine } from "../runs/direct-line.ts";
import type { Database } from "../store/database.ts";
import { loadJournals, loadRunHeads } from "../store/journals.ts";
import { Memo } from "./memo.ts";

export interface QueryParts {
  readonly database: Database;
  readonly registry: Pick<WorkspaceRegistry, "of">;
  readonly directLine: DirectLine;
}

export interface Query {
  readonly workspaceId: number;
  readonly runId: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
}

/**
 * Asks a run, whatever its status, by a replay that changes nothing: the app gets the journal as it is at this moment.
 * @throws Problem
 */
export async function queryRun(parts: QueryParts, query: Query): Promise<CallAnswer> {
  const { workspaceId, runId } = query;
  const [heads, journals] = await Promise.all([
    loadRunHeads(parts.database, [{ workspaceId, runId }]),
    loadJournals(parts.database, [{ workspaceId, runId }]),
  ]);
  const head = heads.get(runId);
  if (head === undefined) throw notFound();
  const workspace = await parts.registry.of(workspaceId);
  const startedAt = new Date(epochMsOfUuidV7(runId)).toISOString();
  const body =
    `{"type":"query","app":${JSON.stringify(workspace.app)},"fn":${JSON.stringify(head.functionId)},` +
    `"rev":"${head.functionVersion}","run":{"id":"${runId}","started_at":"${startedAt}"},` +
    `"event":${head.event}${head.events === null ? "" : `,"events":${head.events}`},"memo":${Memo.of(journals.get(runId)!).toJson()},` +
    `"query":{"name":${JSON.stringify(query.name)},"input":${query.input}},"budget":{"ms":${QUERY_BUDGET_MS}},` +
    `"engine":{"environment":${JSON.stringify(workspace.environment)},"capabilities":[]}}`;
  const answer = await parts.directLine.ask(workspace, "query", body);
  if (answer.status !== "unknown_query") return answer;
  throw new Problem(
    "unknown-query",
    answer.known.length === 0
      ? `Run ${runId} of "${head.functionId}" answers no queries so far: its code has called no step.onQuery before where it rests.`
      : `Run ${runId} of "${head.functionId}" answers no query ${JSON.stringify(query.name)}. It answers ${answer.known.join(", ")}.`,
  );
}

const QUERY_BUDGET_MS = 25_000;
