// The rest of a memo that does not fit into one request: fetched from the engine before the handler is called, so that
// it is replayed as if all had come at once.

import {
  type InvokeRequest,
  MEMO_BYTES_MAX,
  MEMO_ENTRIES_MAX,
  type MemoEntry,
  type MemoPage,
  writeJson,
} from "@durable/protocol/wire";
import { elapsedMs, monotonicMs } from "../runtime/clock.ts";
import type { DispatchConnection, EngineReply } from "./dispatch-connection.ts";
import { readJson } from "./read-json.ts";

export type WholeMemo =
  | { readonly kind: "whole"; readonly request: InvokeRequest }
  /** Nobody said where the engine is. */
  | { readonly kind: "unreachable" }
  /** The engine works with another dispatch, or the run has ended. */
  | { readonly kind: "stopped" }
  /** It may work the next time. */
  | { readonly kind: "failed"; readonly why: string };

/** The request with its whole memo. `memo_next` stays, and tells that the memo is a long one. */
export async function fetchMemo(
  request: InvokeRequest,
  connection: Pick<DispatchConnection, "isLeftAlone" | "post" | "insist" | "giveUp"> | null,
): Promise<WholeMemo> {
  const isPart = typeof request.memo_next === "string";
  const hasRefs = request.input.event.ref !== undefined || request.memo.some(hasRef);
  if (connection === null && (isPart || hasRefs)) return { kind: "unreachable" };
  if (connection === null || !isPart) return { kind: "whole", request };
  if (connection.isLeftAlone) return failed("the engine did not answer a moment ago");
  const startedAtMs = monotonicMs();
  const { run, task } = request;
  const path = `/runs/${run.id}/memo`;
  const memo = [...request.memo];
  const ids = new Set(memo.map(({ id }) => id));
  let bytes = 0;
  for (let next: string | null = request.memo_next, isFirst = true; next !== null; isFirst = false) {
    const body = writeJson({ run: run.id, fence: task.fence, next });
    const reply: EngineReply = await (isFirst ? connection.post(path, body) : connection.insist(path, body));
    if (reply.kind === "silence") {
      if (isFirst) connection.giveUp();
      return failed("the engine gave no answer that it had signed");
    }
    if (reply.kind === "problem") {
      if (reply.code === "stale-fence" || reply.code === "run-ended") return { kind: "stopped" };
      return failed(`the engine answered ${reply.status} ${reply.code}`);
    }
    bytes += reply.body.length;
    const page = readPage(reply.body);
    // Every page but the last brings something new, so that the pages have an end.
    if (page === null || (page.memo.length === 0 && page.memo_next !== null)) return failed(NO_PAGE);
    for (const entry of page.memo) {
      if (ids.has(entry.id)) return failed(NO_PAGE);
      ids.add(entry.id);
      memo.push(entry);
    }
    if (memo.length > MEMO_ENTRIES_MAX || bytes > MEMO_BYTES_MAX) return failed(NO_PAGE);
    next = page.memo_next;
  }
  const budget = { ...request.budget, ms: request.budget.ms - elapsedMs(startedAtMs) };
  return { kind: "whole", request: { ...request, memo, budget } };
}

const NO_PAGE = "what the engine answered is no page of this memo";

function failed(why: string): WholeMemo {
  return { kind: "failed", why };
}

function readPage(body: Uint8Array): MemoPage | null {
  try {
    const page = readJson(body) as MemoPage | null;
    const isPage = Array.isArray(page?.memo) && page.memo.every(isEntry) && isCursor(page.memo_next);
    return isPage ? page : null;
  } catch {
    return null;
  }
}

function hasRef(entry: MemoEntry): boolean {
  return entry.st === "ok" && entry.ref !== undefined;
}

function isCursor(next: unknown): boolean {
  return next === null || (typeof next === "string" && next !== "");
}

function isEntry(entry: Partial<MemoEntry> | null): boolean {
  return typeof entry?.id === "string" && typeof entry.op === "string" && typeof entry.st === "string";
}
