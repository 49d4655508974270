import type { Failure } from "./failure.ts";
import type { OpName } from "./ops/op.ts";
import type { Fence, Payload, Ref, StepId } from "./values.ts";

/** What is recorded: where one op serves two kinds of step, it says which. */
export type RecordedOp = OpName | "spawn" | "approval";

export type MemoEntry =
  /** At most one of `v` and `ref`; neither means undefined. */
  | { id: StepId; op: RecordedOp; st: "ok"; v?: Payload; ref?: Ref | undefined }
  | { id: StepId; op: RecordedOp; st: "err"; error: Failure }
  /** User code awaiting it blocks; it must be neither run nor reported again. */
  | { id: StepId; op: RecordedOp; st: "pending" };

export interface MemoPageRequest {
  run: string;
  fence: Fence;
  /** `memo_next` of the request or of the page before. */
  next: string;
}

export interface MemoPage {
  memo: MemoEntry[];
  memo_next: string | null;
}

/** Answered with the bytes of the value. */
export interface BlobRequest {
  run: string;
  fence: Fence;
  ref: string;
}
