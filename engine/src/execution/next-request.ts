import {
  CONTENT_TYPE_JSON,
  CONTENT_TYPE_LINES,
  lineOf,
  MEMO_BYTES_MAX,
  REQUEST_BYTES_MAX,
} from "@durable/protocol/wire";
import { dispatchTraceparent } from "../domain/trace-context.ts";
import { type SignedRequest, signRequest } from "../endpoint/signed-request.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import { onlyDeployment } from "./at-deployment.ts";
import { buildRequest, type ShownPart } from "./build-request.ts";
import { eventByRef } from "./event-by-ref.ts";
import type { Held } from "./held-run.ts";
import type { Memo } from "./memo.ts";
import type { Shown } from "./memo-entry.ts";
import type { StreamTrust } from "./stream-trust.ts";

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
  /** Its body stays open, and the app tells on it what it does before it answers. */
  readonly isOpen: boolean;
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

export interface RequestParts extends Pick<Ports, "clock" | "random"> {
  /** Which requests may stay open; missing: none. */
  readonly streams?: Pick<StreamTrust, "allows"> | undefined;
}

/** `fence` is the one that the lease will have when the request leaves. */
export function nextRequest(
  parts: RequestParts,
  held: Held,
  fence: string,
  workspace: WorkspaceEntry,
): NextRequest {
  const { head, memo } = held;
  const { capabilities } = workspace.endpoint ?? {};
  const deployment = onlyDeployment(workspace, held);
  const inline = buildRequest(held, fence, workspace, deployment);
  const isBeyond = isLarger(inline, MEMO_BYTES_MAX);
  const takesRefs = capabilities?.has("refs") === true;
  const event = (takesRefs ? eventByRef(head) : null) ?? head.event;
  const hasRefs = event !== head.event || (takesRefs && memo.hasLargeValues);
  const shown = hasRefs ? "by-ref" : "inline";
  const build = (part: Omit<ShownPart, "event">) =>
    buildRequest(held, fence, workspace, deployment, { ...part, event });
  const whole = hasRefs ? build({ json: memo.toJson(shown), next: null }) : inline;
  const isCut = isBeyond || isLarger(whole, REQUEST_BYTES_MAX);
  const isCuttable = !isBeyond && capabilities?.has("pages") === true;
  const body = isCut ? (isCuttable ? cutRequest(build, memo, shown) : null) : whole;
  const traceparent = dispatchTraceparent(head, fence);
  const isOpen = deployment === null && parts.streams?.allows(held, workspace) === true;
  const contentType = isOpen ? CONTENT_TYPE_LINES : CONTENT_TYPE_JSON;
  return {
    fence,
    memo: held.memo,
    workspace,
    deployment,
    signedAtMs: parts.clock.monotonicMs(),
    signed:
      body === null
        ? null
        : signRequest(parts, workspace.signingKeys, isOpen ? lineOf(body) : body, traceparent, contentType),
    isOpen,
    isCut,
    hasRefs,
    isBeyond,
  };
}

/** With as much of the memo as fits. Null when what is pending alone is too much. */
function cutRequest(
  build: (part: Omit<ShownPart, "event">) => string,
  memo: Memo,
  shown: Shown,
): string | null {
  const room = REQUEST_BYTES_MAX - Buffer.byteLength(build({ json: "", next: "" })) - CURSOR_BYTES_MAX;
  const body = build(memo.headOf(room, shown));
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
