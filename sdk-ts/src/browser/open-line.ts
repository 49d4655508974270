import { readEvents, type StreamMessage } from "./read-events.ts";
import { refusalOf } from "./watch-error.ts";

export interface LineOptions {
  readonly url: string;
  readonly token: string;
  /** Of the last message; empty at the beginning. */
  readonly lastId: string;
  readonly signal: AbortSignal | undefined;
}

/** A beat comes every 15 s: after this the line is dead. */
const SILENCE_MS_MAX = 45_000;

/** What one connection tells. It just ends when it breaks, or never comes to be. @throws WatchError when the engine says no. */
export async function* openLine({ url, token, lastId, signal }: LineOptions): AsyncGenerator<StreamMessage> {
  const control = new AbortController();
  const end = () => control.abort();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(end, SILENCE_MS_MAX);
  };
  signal?.addEventListener("abort", end);
  alive();
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, ...(lastId === "" ? {} : { "last-event-id": lastId }) },
      cache: "no-store",
      credentials: "omit",
      signal: control.signal,
    }).catch(() => null);
    if (response === null) return;
    if (response.ok) {
      if (response.body !== null) yield* readEvents(response.body, alive);
      return;
    }
    const refusal = await refusalOf(response);
    if (refusal !== null) throw refusal;
  } finally {
    clearTimeout(silence);
    signal?.removeEventListener("abort", end);
    end();
  }
}
