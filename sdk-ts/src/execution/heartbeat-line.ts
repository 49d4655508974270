import { BEATS_PER_MESSAGE_MAX, type Beat, type InvokeRequest, writeJson } from "@durable/protocol/wire";
import type { DispatchConnection } from "../http/dispatch-connection.ts";
import { monotonicMs } from "../runtime/clock.ts";

/** Between two messages of a dispatch, however many of its steps speak. */
const PAUSE_MS = 1_000;

/**
 * The heartbeats of one dispatch: at most one message a second, with the last word of each step. One that does not
 * arrive is nobody's failure: what it said goes with the next one, unless there is more to say by then.
 */
export class HeartbeatLine {
  readonly #connection: Pick<DispatchConnection, "post">;
  readonly #request: InvokeRequest;
  readonly #waiting = new Map<string, Beat>();
  #isOpen = true;
  /** A message is under way, or was a moment ago. */
  #isBusy = false;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #stopped: () => void = () => {};

  constructor(connection: Pick<DispatchConnection, "post">, request: InvokeRequest) {
    this.#connection = connection;
    this.#request = request;
  }

  /** Null when the engine does not take them, or cannot be reached from here. */
  static of(connection: DispatchConnection | null, request: InvokeRequest): HeartbeatLine | null {
    const isOffered = request.engine?.capabilities.includes("heartbeat");
    return connection !== null && isOffered ? new HeartbeatLine(connection, request) : null;
  }

  /** Calls back when the engine says that this dispatch is over. */
  onStopped(stopped: () => void): void {
    this.#stopped = stopped;
  }

  add(beat: Beat): void {
    if (!this.#isOpen) return;
    this.#waiting.set(beat.id, beat);
    if (!this.#isBusy) void this.#send();
  }

  /** The dispatch is over: nobody wants to know any more. */
  close(): void {
    this.#isOpen = false;
    this.#waiting.clear();
    clearTimeout(this.#pause);
  }

  async #send(): Promise<void> {
    this.#isBusy = true;
    // What else is said at this moment goes with it: other steps begin, and say where they are.
    await null;
    const sentMs = monotonicMs();
    const beats = [...this.#waiting.values()].slice(0, BEATS_PER_MESSAGE_MAX);
    for (const { id } of beats) this.#waiting.delete(id);
    const { run, task } = this.#request;
    const body = writeJson({ run: run.id, fence: task.fence, beats });
    if (!this.#isOpen) return;
    const reply = await this.#connection.post(`/runs/${run.id}/heartbeat`, body);
    if (!this.#isOpen) return;
    if (reply.kind === "silence") {
      for (const beat of beats) if (!this.#waiting.has(beat.id)) this.#waiting.set(beat.id, beat);
    }
    if (reply.kind === "problem") {
      this.close();
      if (reply.code === "stale-fence" || reply.code === "run-ended") this.#stopped();
      return;
    }
    this.#pause = setTimeout(
      () => {
        this.#isBusy = false;
        if (this.#waiting.size > 0) void this.#send();
      },
      Math.max(0, sentMs + PAUSE_MS - monotonicMs()),
    );
  }
}
