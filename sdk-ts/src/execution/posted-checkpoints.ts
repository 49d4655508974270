import { type InvokeRequest, type Op, writeJson } from "@durable/protocol/wire";
import type { DispatchConnection } from "../http/dispatch-connection.ts";
import { type CheckpointEnd, type CheckpointLine, CLOSED, readCheckpointAnswer } from "./checkpoint-line.ts";

/**
 * Where a checkpoint costs less than sending the memo once more: it is a request, a read and a commit of its own, about
 * 0.45 ms of CPU in all processes more than a dispatch, and an entry of a memo is about 3 us there and back.
 */
export const CHECKPOINT_ENTRIES_MIN = 100;
const CHECKPOINT_REQUEST_BYTES_MIN = 16 * 1024;

/** When checkpoints begin. */
export interface CheckpointStart {
  /** With so many entries in the memo; never, when infinite. */
  readonly checkpointsFrom?: number;
  /** How large the request was that the memo came with. */
  readonly requestBytes?: number;
}

/** Checkpoints as requests of their own, to the engine that the app is configured with. */
export class PostedCheckpoints implements CheckpointLine {
  readonly #connection: DispatchConnection;
  readonly #request: InvokeRequest;
  readonly #entriesMin: number;
  #seq = 0;
  #known: number;
  #isOpen = true;

  constructor(
    connection: DispatchConnection,
    request: InvokeRequest,
    { checkpointsFrom = CHECKPOINT_ENTRIES_MIN, requestBytes = 0 }: CheckpointStart = {},
  ) {
    this.#connection = connection;
    this.#request = request;
    const isLarge = request.memo_next !== null || requestBytes >= CHECKPOINT_REQUEST_BYTES_MIN;
    this.#entriesMin = isLarge ? 0 : checkpointsFrom;
    this.#known = request.known ?? 0;
  }

  /** Null when the engine does not offer checkpoints, or cannot be reached from here. */
  static of(
    connection: DispatchConnection | null,
    request: InvokeRequest,
    start: CheckpointStart = {},
  ): PostedCheckpoints | null {
    const isOffered = request.engine?.capabilities.includes("checkpoint") && request.known !== undefined;
    // Who runs or undoes one step reports that and nothing else.
    const isOne = request.task.kind !== "advance";
    if (connection === null || connection.isLeftAlone || !isOffered || isOne) return null;
    if (start.checkpointsFrom === Number.POSITIVE_INFINITY) return null;
    return new PostedCheckpoints(connection, request, start);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  saves(entries: number): boolean {
    return entries >= this.#entriesMin;
  }

  /** Undefined when none was sent. */
  get told(): { seq: number; known: number } | undefined {
    return this.#seq === 0 ? undefined : { seq: this.#seq, known: this.#known };
  }

  async send(ops: readonly Op[]): Promise<CheckpointEnd> {
    const { run, task } = this.#request;
    this.#seq += 1;
    const body = writeJson({ run: run.id, fence: task.fence, seq: this.#seq, known: this.#known, ops });
    const path = `/runs/${run.id}/checkpoint`;
    const connection = this.#connection;
    // The engine answers the very same body as it did before.
    const reply = await (this.#seq === 1 ? connection.post(path, body) : connection.insist(path, body));
    if (reply.kind === "problem" && (reply.code === "stale-fence" || reply.code === "run-ended")) {
      this.#isOpen = false;
      return { kind: "stopped" };
    }
    const answer = reply.kind === "answer" ? readCheckpointAnswer(reply.body) : null;
    if (answer === null) {
      this.#isOpen = false;
      if (this.#seq === 1) this.#connection.giveUp();
      return CLOSED;
    }
    this.#known = answer.known;
    return { kind: "taken", memo: answer.memo, yield: answer.yield === true };
  }
}
