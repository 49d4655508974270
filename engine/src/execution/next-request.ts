import { MEMO_BYTES_MAX, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { type SignedRequest, signRequest } from "../endpoint/signed-request.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import { onlyDeployment } from "./at-deployment.ts";
import { buildRequest } from "./build-request.ts";
import type { Held } from "./held-run.ts";
import type { Memo } from "./memo.ts";
import type { Shown } from "./memo-entry.ts";

/** The request of the next dispatch of a run or a task, and what it says: true as long as nothing of that has changed. */
export interface NextRequest {
  readonly fence: string;
  readonly memo: Memo;
  readonly workspace: WorkspaceEntry;
  /** The only deployment that may run it; null: whichever answers. */
  readonly deployment: string | null;
  readonly signedAtMs: number;
  /** Null when it is larger than a request may be. */
  readonly signed: SignedRequest | null;
  /** It has not the whole memo: the app fetches the rest. */
  readonly isCut: boolean;
  /** It has not all values: the app fetches large ones as its code asks for them. */
  readonly hasRefs: boolean;
  /** The whole of it is more than any app is sent, in pages or not. */
  readonly isBeyond: boolean;
}

/** Apps allow five minutes between signing and arriving. A request that was made ahead must not use them up. */
const FRESH_MS = 5_000;
const CURSOR_BYTES_MAX = 26;

/** `fence` is the one that the lease will have when the request leaves. */
export function nextRequest(
  ports: Pick<Ports, "clock" | "random">,
  held: Held,
  fence: string,
  workspace: WorkspaceEntry,
): NextRequest {
  const deployment = onlyDeployment(workspace, held);
  const inline = buildRequest(held, fence, workspace, deployment);
  const isBeyond = isLarger(inline, MEMO_BYTES_MAX);
  const hasRefs = held.memo.hasLargeValues && takesRefs(workspace);
  const shown = hasRefs ? "by-ref" : "inline";
  const whole = hasRefs
    ? buildRequest(held, fence, workspace, deployment, { json: held.memo.toJson(shown), next: null })
    : inline;
  const isCut = isBeyond || isLarger(whole, REQUEST_BYTES_MAX);
  const body = isCut ? cutRequest(held, fence, workspace, deployment, isBeyond, shown) : whole;
  const traceparent = traceparentOf(held.head.runId, fence);
  return {
    fence,
    memo: held.memo,
    workspace,
    deployment,
    signedAtMs: ports.clock.monotonicMs(),
    signed: body === null ? null : signRequest(ports, workspace.signingKeys, body, traceparent),
    isCut,
    hasRefs,
    isBeyond,
  };
}

/** A request to a deployment that is gone may be sent to the newest instead. */
function takesRefs({ endpoint, newest }: WorkspaceEntry): boolean {
  return endpoint?.capabilities.has("refs") === true && (newest === null || takesRefs(newest));
}

/** With as much of the memo as fits. Null when its app cannot fetch the rest, or when that is too much for anybody. */
function cutRequest(
  held: Held,
  fence: string,
  workspace: WorkspaceEntry,
  deployment: string | null,
  isBeyond: boolean,
  shown: Shown,
): string | null {
  if (isBeyond || !workspace.endpoint?.capabilities.has("pages")) return null;
  const rest = buildRequest(held, fence, workspace, deployment, { json: "", next: "" });
  const room = REQUEST_BYTES_MAX - Buffer.byteLength(rest) - CURSOR_BYTES_MAX;
  const body = buildRequest(held, fence, workspace, deployment, held.memo.headOf(room, shown));
  return isLarger(body, REQUEST_BYTES_MAX) ? null : body;
}

/** Text is made of pieces until its bytes are counted, so that is done only where its length leaves it open. */
function isLarger(text: string, bytesMax: number): boolean {
  return text.length > bytesMax || (text.length > bytesMax / 3 && Buffer.byteLength(text) > bytesMax);
}

/** Whether a request made ahead is the one that would be made at this moment. */
export function isStillTrue(
  request: NextRequest,
  held: Held,
  workspace: WorkspaceEntry,
  nowMs: number,
): boolean {
  return (
    request.fence === held.fence &&
    request.memo === held.memo &&
    request.workspace === workspace &&
    nowMs - request.signedAtMs < FRESH_MS
  );
}

/** One trace per run, one span per dispatch; both ids are already random and unique. */
function traceparentOf(runId: string, fence: string): string {
  return `00-${runId.replaceAll("-", "")}-${fence.replaceAll("-", "").slice(0, 16)}-01`;
}
