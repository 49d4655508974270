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

  live.onPatch((workspace, patch) => {
    for (const listener of KINDS[patch.kind] ?? []) listener(client, workspace, patch);
    const operations = READ_AGAIN[patch.kind] ?? [];
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

type Patcher = (client: QueryClient, workspace: WorkspaceKey, patch: Patch) => void;

const KINDS: Readonly<Record<string, readonly Patcher[]>> = {
  run: [
    (client, workspace, patch) => {
      if (patch.topic !== "runs") return;
      for (const { key, answer } of answersOf(client, "listRuns")) {
        if (isOf(key, workspace, null)) client.setQueryData(key, patchRuns(answer, patch));
      }
    },
    (client, workspace, patch) => {
      if (patch.topic === "runs") return;
      for (const { key, answer } of answersOf(client, "getRun")) {
        if (isOf(key, workspace, null) && key[1].query?.at === undefined)
          client.setQueryData(key, patchRun(answer, patch));
      }
    },
  ],
};

/** Of this workspace; and where the reset names a run, of that run. */
function isOf(key: readonly unknown[], workspace: WorkspaceKey, topic: string | null): boolean {
  const params = (key[1] as { params?: Record<string, string> } | undefined)?.params;
  if (params?.["app"] === undefined || `${params["app"]}/${params["env"]}` !== workspace) return false;
  const runId = topic?.includes(":") ? topic.split(/[:@]/)[1] : null;
  return runId === null || runId === undefined || params["id"] === runId;
}
