// A step's HTTP call, made by the engine: the app hears of it when its answer is in the memo.

import { FETCH_MS_DEFAULT } from "@durable/protocol/wire";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import type { FetchClient } from "../endpoint/fetch-client.ts";
import type { Clock } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import type { DispatchTimes } from "../store/dispatch-times.ts";
import { loadTaskRequest } from "../store/task-requests.ts";
import { decideFetchEnd, type FetchAsked } from "./decide-fetch.ts";
import type { HeldTask } from "./held-run.ts";
import type { Situation } from "./situation.ts";

export interface FetchParts {
  readonly clock: Clock;
  readonly database: Database;
  readonly fetchClient: FetchClient;
}

/** Null when the task is gone: its race was decided or its run has ended. */
export async function executeFetch(
  { clock, database, fetchClient }: FetchParts,
  task: HeldTask,
  situation: Situation,
): Promise<{ readonly outcome: TaskOutcome; readonly times: DispatchTimes } | null> {
  const text = await loadTaskRequest(database, task);
  if (text === null) return null;
  const asked = JSON.parse(text) as FetchAsked;
  const end = await fetchClient.call({
    url: asked.url,
    method: asked.method ?? "GET",
    headers: withKey(asked.headers ?? {}, `${task.head.runId}/${task.stepId}`),
    body: asked.body ?? null,
    timeoutMs: asked.timeout_ms ?? FETCH_MS_DEFAULT,
  });
  const seconds = (monotonicMs: number) => clock.epochOf(monotonicMs) / 1000;
  const times: DispatchTimes = {
    scheduled: seconds(task.scheduledAtMs),
    leased: seconds(task.leasedAtMs),
    sent: seconds(end.sentMs),
    firstByte: null,
    received: seconds(end.receivedMs),
    appMs: null,
  };
  return { outcome: decideFetchEnd(situation, task.step, asked, end), times };
}

/** A call that broke may have arrived; whoever is called can tell that the next one is the same. */
function withKey(headers: Readonly<Record<string, string>>, key: string): Record<string, string> {
  const has = Object.keys(headers).some((name) => name.toLowerCase() === "idempotency-key");
  return has ? headers : { ...headers, "idempotency-key": key };
}
