import type { Operation } from "@durable/engine/api";
import type { QueryClient } from "@tanstack/react-query";
import { answersOf } from "../api/query.ts";
import type { Live } from "./live.ts";
import type { Patch, WorkspaceKey } from "./messages.ts";
import { patchRun, patchRuns } from "./patches.ts";

/** What is read again when the stream says that one of its kind has changed: the answers that show such things. */
const READ_AGAIN: Readonly<Record<string, readonly Operation[]>> = {
  schedule: ["listSchedules", "getSchedule"],
  skip: ["listSkips", "listEvents", "getEvent"],
  limit: ["listLimits", "listShapes"],
  pause: ["listPauses", "listLimits"],
  input: ["listInputs", "getInput"],
  deployment: ["listDeployments", "listFunctions", "listApps"],
  bulk: ["listBulks", "getBulk"],
  view: ["listViews"],
  sync: ["listSyncs", "getSync", "listFunctions", "listApps"],
};

/** A burst of notices is one reading. */
const READ_AGAIN_MS = 250;

/** From now on the cache follows the stream. */
export function patchCache(client: QueryClient, live: Live): void {
  const owed = new Set<string>();

  live.onPatches((workspace, patches) => {
    const runs = patches.filter(({ kind }) => kind === "run");
    const [ofLists, ofRuns] = [runs.filter(isOfLists), runs.filter((patch) => !isOfLists(patch))];
    if (ofLists.length > 0) patchLists(client, workspace, ofLists);
    if (ofRuns.length > 0) patchRunsRead(client, workspace, ofRuns);
    const operations = patches.flatMap(({ kind }) => READ_AGAIN[kind] ?? []);
    if (owed.size === 0 && operations.length > 0) setTimeout(readAgain, READ_AGAIN_MS);
    for (const operation of operations) owed.add(operation);
  });
  live.onReset((workspace, topic) => {
    void client.invalidateQueries({ predicate: ({ queryKey }) => isOf(queryKey, workspace, topic) });
  });

  function readAgain(): void {
    for (const operation of owed) void client.invalidateQueries({ queryKey: [operation] });
    owed.clear();
  }
}

function isOfLists({ topic }: Patch): boolean {
  return topic === "runs";
}

function patchLists(client: QueryClient, workspace: WorkspaceKey, patches: readonly Patch[]): void {
  for (const { key, answer } of answersOf(client, "listRuns"))
    if (isOf(key, workspace, null)) client.setQueryData(key, patchRuns(answer, patches));
}

function patchRunsRead(client: QueryClient, workspace: WorkspaceKey, patches: readonly Patch[]): void {
  for (const { key, answer } of answersOf(client, "getRun"))
    if (isOf(key, workspace, null) && key[1].query?.at === undefined)
      client.setQueryData(key, patchRun(answer, patches));
}

/** Of this workspace; and where the reset names a run, of that run. */
function isOf(key: readonly unknown[], workspace: WorkspaceKey, topic: string | null): boolean {
  const params = (key[1] as { params?: Record<string, string> } | undefined)?.params;
  if (params?.["app"] === undefined || `${params["app"]}/${params["env"]}` !== workspace) return false;
  const runId = topic?.includes(":") ? topic.split(/[:@]/)[1] : null;
  return runId === null || runId === undefined || params["id"] === runId;
}
