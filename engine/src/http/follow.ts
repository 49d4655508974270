import { sleep } from "../runtime/sleep.ts";
import { systemRandom } from "../runtime/system-ports.ts";
import type { StreamPatch } from "./contract/streams.ts";
import { Known } from "./known.ts";
import { readEvents } from "./server-sent-events.ts";

export type StreamEvent =
  /** `resumed`: nothing is missing since the last one. */
  | { readonly event: "open"; readonly sid: string; readonly resumed: boolean }
  /** Something was left out: all, or this topic, is to be read anew. */
  | { readonly event: "reset"; readonly topic: string | null; readonly reason: string }
  | { readonly event: "patch"; readonly patch: StreamPatch };

export interface FollowOptions {
  /** As the route writes them: `runs`, `run:{id}`, `logs:{id}@{line}`. */
  readonly topics: readonly string[];
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
  readonly connect: (topics: string, lastEventId: string | null) => Promise<AsyncIterable<Uint8Array>>;
  /** Of an error once the stream has been open: whether to try again. */
  readonly isPassing: (error: unknown) => boolean;
}

const RETRY_MS = 100;
const RETRY_MS_MAX = 2_000;

/**
 * A stream that goes on when a line breaks or an engine stops: with the last id, and with the steps and lines that are known
 * of each run that it follows. No line comes twice.
 */
export async function* follow({
  topics,
  signal,
  connect,
  isPassing,
}: FollowOptions): AsyncGenerator<StreamEvent> {
  const known = new Known(topics);
  let lastEventId: string | null = null;
  let retryMs = RETRY_MS;
  let wasOpen = false;
  while (!signal?.aborted) {
    try {
      for await (const { event, data, id } of readEvents(await connect(known.topics(), lastEventId))) {
        if (id !== null) lastEventId = id;
        if (data === null) continue;
        const said = JSON.parse(data);
        // What was dropped on the way is told to who comes back.
        if (event === "reset" && said.reason === "slow") break;
        if (event === "open" || event === "reset") yield { event, ...said };
        else if (known.isNews(said)) yield { event: "patch", patch: said };
        wasOpen = true;
        retryMs = RETRY_MS;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!wasOpen || !isPassing(error)) throw error;
    }
    // An engine that dies sends all its clients away at once.
    await sleep(retryMs * (0.5 + systemRandom.float()), signal).catch(() => {});
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
  }
}
