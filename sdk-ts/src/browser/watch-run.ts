import { openLine } from "./open-line.ts";
import type { RunView } from "./run-view.ts";
import { WatchError } from "./watch-error.ts";

export interface WatchRunOptions<Output = unknown, State = unknown> {
  /** Where the run is watched: `url` of what `durable.runToken(...)` gave. */
  readonly url: string;
  /**
   * The token; or a function that gets one from your server. It is called at the beginning, and again when the engine says
   * that the last one is good no more. What it throws ends the watch.
   */
  readonly token: string | (() => string | Promise<string>);
  /** Called with the run as it is: at once, and whenever it is another. */
  readonly onChange: (run: RunView<Output, State>) => void;
  /** Called when the line stands, and with `false` when it breaks. */
  readonly onLine?: ((isConnected: boolean) => void) | undefined;
  /** Ends it: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const RETRY_MS = 500;
const RETRY_MS_MAX = 15_000;

/**
 * Follows one run until it has ended, and resolves to its last state. A line that breaks is made anew, after pauses that grow to
 * 15 s; nothing is missed, for each message is the whole state.
 * @throws WatchError when the engine says no; the reason of `signal`; what the callbacks throw.
 */
export async function watchRun<Output = unknown, State = unknown>({
  url,
  token,
  onChange,
  onLine = () => {},
  signal,
}: WatchRunOptions<Output, State>): Promise<RunView<Output, State>> {
  const streamUrl = `${url}/stream`;
  let bearer: string | null = null;
  let lastId = "";
  let retryMs = RETRY_MS;
  for (;;) {
    signal?.throwIfAborted();
    const isNew = bearer === null;
    bearer ??= typeof token === "string" ? token : await token();
    let isConnected = false;
    try {
      for await (const { event, id, data } of openLine({ url: streamUrl, token: bearer, lastId, signal })) {
        if (event === "open") {
          isConnected = true;
          retryMs = RETRY_MS;
          onLine(true);
        } else if (event === "message" && data !== "") {
          lastId = id;
          const run = JSON.parse(data) as RunView<Output, State>;
          onChange(run);
          if (run.ended) return run;
        }
      }
    } catch (error) {
      // One that has just been made is refused for good.
      const isOver = error instanceof WatchError && error.status === 401 && !isNew;
      if (!isOver || typeof token === "string") throw error;
      bearer = null;
      continue;
    }
    signal?.throwIfAborted();
    if (isConnected) onLine(false);
    await pause(retryMs * (0.5 + Math.random()), signal);
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
  }
}

/** Engines that stop send all their pages away at once: each waits for a time of its own. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });
}
