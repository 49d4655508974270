import { ANSWER_BYTES_MAX, type InvokeRequest, type Op } from "@durable/protocol/wire";
import type { AnswerStream } from "../http/answer-stream.ts";
import { encodeOps } from "../http/encode-answer.ts";
import { type CheckpointEnd, type CheckpointLine, CLOSED, readCheckpointAnswer } from "./checkpoint-line.ts";

/** Checkpoints on the request itself, whose body stays open: each costs a line there and a line back, so every turn sends one. */
export class StreamedCheckpoints implements CheckpointLine {
  readonly #stream: AnswerStream;
  readonly #request: InvokeRequest;
  #seq = 0;
  #known: number;
  #isRefused = false;

  constructor(stream: AnswerStream, request: InvokeRequest) {
    this.#stream = stream;
    this.#request = request;
    this.#known = request.known ?? 0;
  }

  get isOpen(): boolean {
    return this.#stream.isOpen && !this.#isRefused;
  }

  saves(): boolean {
    return true;
  }

  get told(): { seq: number; known: number } | undefined {
    return this.#seq === 0 ? undefined : { seq: this.#seq, known: this.#known };
  }

  async send(ops: readonly Op[], rests: boolean): Promise<CheckpointEnd> {
    const { run, task } = this.#request;
    const head = `{"run":${JSON.stringify(run.id)},"fence":${JSON.stringify(task.fence)},"seq":${this.#seq + 1}`;
    const json = `${head},"known":${this.#known}${rests ? ',"rests":true' : ""},"ops":${encodeOps(ops)}}`;
    // The answer brings as much as fits.
    if (json.length * 3 > ANSWER_BYTES_MAX) return this.#refused();
    this.#seq += 1;
    const reply = await this.#stream.ask(json);
    if (reply.kind === "ended") return CLOSED;
    if (reply.kind === "broken") {
      this.#isRefused = true;
      return { kind: "stopped" };
    }
    const answer = readCheckpointAnswer(reply.json);
    if (answer === null || answer.seq !== this.#seq) return this.#refused();
    this.#known = answer.known;
    return { kind: "taken", memo: answer.memo, yield: answer.yield === true };
  }

  #refused(): CheckpointEnd {
    this.#isRefused = true;
    return CLOSED;
  }
}
