import {
  type CheckpointAnswer,
  type InvokeRequest,
  type MemoEntry,
  type Op,
  writeJson,
} from "@durable/protocol/wire";
import type { DispatchConnection, EngineReply } from "../http/dispatch-connection.ts";
import { readJson } from "../http/read-json.ts";

export type CheckpointEnd =
  | {
      readonly kind: "taken";
      /** What settled since the last one, in order. */
      readonly memo: readonly MemoEntry[];
      /** The engine wants the lease back. */
      readonly yield: boolean;
    }
  /** The engine works with another dispatch, or the run has ended: nothing more of this one counts. */
  | { readonly kind: "stopped" }
  /** It was not taken, or nobody knows. The answer to the dispatch says the same. */
  | { readonly kind: "closed" };

const CLOSED: CheckpointEnd = { kind: "closed" };
/** A line that has worked may have broken for a moment: the engine is being replaced, the database restarts. */
const PAUSES_MS = [100, 400, 1_600, 3_200];

/** The checkpoints of one dispatch, one after the other. */
export class CheckpointLine {
  readonly #connection: DispatchConnection;
  readonly #request: InvokeRequest;
  #seq = 0;
  #known: number;
  #isOpen = true;

  constructor(connection: DispatchConnection, request: InvokeRequest) {
    this.#connection = connection;
    this.#request = request;
    this.#known = request.known ?? 0;
  }

  /** Null when the engine does not offer checkpoints, or cannot be reached from here. */
  static of(connection: DispatchConnection | null, request: InvokeRequest): CheckpointLine | null {
    const isOffered = request.engine?.capabilities.includes("checkpoint") && request.known !== undefined;
    // Who runs or undoes one step reports that and nothing else.
    const isOne = request.task.kind !== "advance";
    return connection !== null && isOffered && !isOne ? new CheckpointLine(connection, request) : null;
  }

  /** Whether another checkpoint may be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** For the answer: how far it got. Undefined when none was sent. */
  get told(): { seq: number; known: number } | undefined {
    return this.#seq === 0 ? undefined : { seq: this.#seq, known: this.#known };
  }

  /** Never two at once. */
  async send(ops: readonly Op[]): Promise<CheckpointEnd> {
    const { run, task } = this.#request;
    this.#seq += 1;
    const body = writeJson({ run: run.id, fence: task.fence, seq: this.#seq, known: this.#known, ops });
    const reply = await this.#post(`/runs/${run.id}/checkpoint`, body);
    if (reply.kind === "problem" && (reply.code === "stale-fence" || reply.code === "run-ended")) {
      this.#isOpen = false;
      return { kind: "stopped" };
    }
    const answer = reply.kind === "answer" ? readAnswer(reply.body) : null;
    if (answer === null) {
      this.#isOpen = false;
      if (this.#seq === 1) this.#connection.giveUp();
      return CLOSED;
    }
    this.#known = answer.known;
    return { kind: "taken", memo: answer.memo, yield: answer.yield === true };
  }

  /** The very same body again while no answer comes: the engine answers it as it did before. */
  async #post(path: string, body: string): Promise<EngineReply> {
    let reply = await this.#connection.post(path, body);
    if (this.#seq === 1) return reply;
    for (const ms of PAUSES_MS) {
      if (reply.kind !== "silence") break;
      await new Promise((resolve) => setTimeout(resolve, ms));
      reply = await this.#connection.post(path, body);
    }
    return reply;
  }
}

function readAnswer(body: Uint8Array): CheckpointAnswer | null {
  try {
    const answer = readJson(body) as CheckpointAnswer;
    return Array.isArray(answer?.memo) && typeof answer.known === "number" ? answer : null;
  } catch {
    return null;
  }
}
