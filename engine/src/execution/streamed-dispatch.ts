// A dispatch whose request stays open: the app tells on it, turn by turn, what it did, and goes on with what the commit made
// true. Each line is a checkpoint; the holder of the lease takes it, who knows the run, so nothing is read for it.

import type { CheckpointRequest } from "@durable/protocol/wire";
import { fenceAfter } from "../domain/checkpoint-fence.ts";
import { LETS_GO } from "../domain/outcome.ts";
import { decodeStreamLine } from "../endpoint/decode-checkpoint.ts";
import type { LineEnd, LineTimes, StreamTerms } from "../endpoint/request-stream.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { DispatchTimes } from "../store/dispatch-times.ts";
import { bodyMs, settledSince } from "./checkpoint-answer.ts";
import { commitRun, type Written } from "./commit-run.ts";
import { decideOps } from "./decide-op.ts";
import type { ExecutionParts } from "./execution-parts.ts";
import type { HeldRun } from "./held-run.ts";
import { knowingTargets } from "./known-targets.ts";
import type { NextRequest } from "./next-request.ts";
import { OutcomeDraft } from "./outcome-draft.ts";
import { situationOf } from "./run-situation.ts";

const CLOSED: LineEnd = { kind: "closed" };
const RELEASED: LineEnd = { kind: "released" };
const OVER: LineEnd = { kind: "over", why: "The engine hung up: it no longer works for this run." };

/** Of one dispatch; whoever makes one closes it when the exchange is over. */
export class StreamedDispatch implements StreamTerms {
  readonly #parts: ExecutionParts;
  readonly #run: HeldRun;
  readonly #request: NextRequest;
  /** Of the last checkpoint that was taken. */
  #seq = 0;
  #isOver = false;
  #isClosed = false;
  #taking: Promise<LineEnd> | null = null;
  #failure: unknown;

  constructor(parts: ExecutionParts, run: HeldRun, request: NextRequest) {
    this.#parts = parts;
    this.#run = run;
    this.#request = request;
    parts.streams.began(run.workspaceId);
  }

  get signingKeys() {
    return this.#request.workspace.signingKeys;
  }

  get openMs(): number {
    return this.#parts.streams.openMs(this.#request.workspace);
  }

  /** The lease was let go or lost with a checkpoint: what else is said does not count. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get hasProgressed(): boolean {
    return this.#seq > 0;
  }

  heldBack(): void {
    this.#parts.streams.heldBack(this.#run.workspaceId);
  }

  take(json: Uint8Array, times: LineTimes, isOpen: boolean): Promise<LineEnd> {
    const taking = this.#take(json, times, isOpen && !this.#isClosed);
    this.#taking = taking;
    return taking;
  }

  /**
   * The exchange is over, perhaps in the middle of a line: what is on its way to disk arrives, and nothing more is taken.
   * @throws what kept a checkpoint from being taken: whoever holds the lease cannot know whether it was.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.streams.ended(this.#run.workspaceId);
    await this.#taking;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #take(json: Uint8Array, times: LineTimes, isOpen: boolean): Promise<LineEnd> {
    if (isOpen) this.#parts.streams.passed(this.#run.workspaceId);
    const line = decodeStreamLine(json);
    if (line.kind !== "checkpoint") return line;
    // The answer says the same as a checkpoint that is not taken, and what that causes is decided there.
    if (!isOpen || !line.decoded.ok) return CLOSED;
    const { request } = line.decoded;
    const { run, fence, seq, known } = request;
    const isNext = run === this.#run.head.runId && fence === this.#request.fence && seq === this.#seq + 1;
    if (!isNext || known > this.#run.knownSeq) return CLOSED;
    try {
      return await this.#commit(request, times);
    } catch (error) {
      this.#isOver = true;
      this.#failure = error;
      return OVER;
    }
  }

  async #commit(request: CheckpointRequest, lineTimes: LineTimes): Promise<LineEnd> {
    const parts = this.#parts;
    const run = this.#run;
    const ops = request.ops ?? [];
    const { workspace, others } = await knowingTargets(parts, this.#request.workspace, ops);
    const draft = new OutcomeDraft();
    const refused = decideOps({ ...situationOf(parts, run, workspace), others }, ops, draft);
    if (refused !== null || draft.pausedBy !== null) return CLOSED;
    // While code runs there the lease stays: then a pause and a move wait for the answer, as with any checkpoint.
    const rests = request.rests === true;
    const outcome = draft.progress(rests && parts.shouldYield(run) ? "requeue" : "continue");
    const times = this.#timesOf(request, lineTimes, rests);
    const following = { fence: fenceAfter(request.fence, request.seq), prepare: () => undefined };
    const written = await commitRun(parts, run, workspace, outcome, times, following);
    if (written === null || LETS_GO[written.outcome.kind]) {
      this.#isOver = true;
      return rests ? RELEASED : OVER;
    }
    this.#seq = request.seq;
    await faultPoint("stream.before-reply");
    return { kind: "taken", reply: await this.#reply(request, written) };
  }

  #timesOf(request: CheckpointRequest, { sentMs, receivedMs }: LineTimes, isLeased: boolean): DispatchTimes {
    const { scheduledAtMs, leasedAtMs } = this.#run;
    const seconds = (monotonicMs: number) => this.#parts.clock.epochOf(monotonicMs) / 1000;
    const received = seconds(receivedMs);
    return {
      scheduled: isLeased ? seconds(scheduledAtMs) : null,
      leased: isLeased ? seconds(leasedAtMs) : null,
      sent: seconds(sentMs),
      firstByte: received,
      received,
      appMs: bodyMs(request),
    };
  }

  async #reply(request: CheckpointRequest, { outcome, isWanted }: Written<undefined>): Promise<string> {
    const { database, shouldYield } = this.#parts;
    const run = this.#run;
    const ref = { workspaceId: run.workspaceId, runId: run.head.runId };
    const memo = await settledSince(database, ref, request, run.knownSeq, outcome);
    const isYielding = isWanted || shouldYield(run);
    return `{"seq":${request.seq},"known":${run.knownSeq},"memo":${memo}${isYielding ? ',"yield":true' : ""}}`;
  }
}
