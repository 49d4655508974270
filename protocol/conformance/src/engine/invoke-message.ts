import { randomUUID } from "node:crypto";
import type { RunEvent } from "@durable/protocol/wire";
import type { Program } from "../program.ts";

export const APP = "conformance";
export const FUNCTION = "conformance";
/** Under which the kit says that it knows the app's environment. */
export const ENVIRONMENT = "dev";
export const STARTED_AT = "2026-10-21T09:00:00.000Z";

export function newRunId(): string {
  return `run_${randomUUID()}`;
}

/** New for every dispatch, and of characters that an SDK might spoil. */
export function newFence(): string {
  return `f/${randomUUID()}+="`;
}

export function eventOf(
  runId: string,
  program: Program,
  url: string,
  more: Partial<RunEvent> = {},
): RunEvent {
  return {
    id: `evt_${runId}`,
    name: "conformance.run",
    time: STARTED_AT,
    ...more,
    data: { program, count_at: `${url}/count/${runId}`, ...(more.data as object | undefined) },
  };
}

/** An `invoke` as an engine sends it first: nothing is known yet. */
export function invokeMessage(runId: string, event: RunEvent, fence: string = newFence()) {
  return {
    type: "invoke" as const,
    app: APP,
    fn: FUNCTION,
    rev: "1",
    run: { id: runId, started_at: STARTED_AT },
    task: { kind: "advance", fence } as { kind: string; fence: string; step?: string },
    input: { event },
    memo: [] as unknown[],
    memo_next: null as string | null,
    attempts: {} as Record<string, number>,
    budget: { ms: 25_000, steps: 1 },
    known: 0,
    engine: { environment: ENVIRONMENT, capabilities: [] as readonly string[] },
  };
}

export type InvokeMessage = ReturnType<typeof invokeMessage>;
