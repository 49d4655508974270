import type { CallAnswer } from "@durable/protocol/wire";
import { newId } from "../ingest/event-row.ts";
import { findFunction, requireInput } from "../registry/function-input.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Clock, Random } from "../runtime/ports.ts";
import type { DirectLine } from "./direct-line.ts";

export interface CallParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly registry: Pick<WorkspaceRegistry, "of" | "forget">;
  readonly directLine: DirectLine;
}

export interface Call {
  readonly workspaceId: number;
  readonly functionId: string;
  /** JSON text. */
  readonly input: string;
  /** Of whoever calls. */
  readonly traceparent: string | null;
}

/** Runs a handler once, with no run and no history, at the version there is now. @throws Problem */
export async function callFunction(parts: CallParts, call: Call): Promise<CallAnswer> {
  const fn = await findFunction(parts.registry, call.workspaceId, call.functionId);
  const workspace = await parts.registry.of(call.workspaceId);
  requireInput(fn, call.input, "/input");
  const startedAt = new Date(parts.clock.epochMs()).toISOString();
  const body =
    `{"type":"call","app":${JSON.stringify(workspace.app)},"fn":${JSON.stringify(fn.id)},"rev":"${fn.version}",` +
    `"call":{"id":"call_${newId(parts)}","started_at":"${startedAt}"},"input":${call.input},` +
    `"budget":{"ms":${CALL_BUDGET_MS}}}`;
  return parts.directLine.ask(workspace, "call", body, call.traceparent);
}

/** A call has no second request in which it could go on. */
const CALL_BUDGET_MS = 300_000;
