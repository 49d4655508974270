import { Lines } from "./lines.ts";
import type { News, Wish } from "./messages.ts";

/** Of the worker's patience a fifth. A tab that a browser has put to sleep speaks again when it is looked at. */
const HERE_MS = 4_000;

export interface Connection {
  wish(wish: Wish): void;
}

/** To the browser's lines; where it has no SharedWorker (Chrome on Android), to lines of this tab's own. */
export function connect(tell: (news: News) => void): Connection {
  return typeof SharedWorker === "undefined" ? ownLines(tell) : sharedLines(tell);
}

function ownLines(tell: (news: News) => void): Connection {
  const lines = new Lines();
  lines.join("tab", tell);
  return { wish: (wish) => lines.wish("tab", wish) };
}

function sharedLines(tell: (news: News) => void): Connection {
  const worker = new SharedWorker(new URL("./line-worker.ts", import.meta.url), {
    type: "module",
    name: "durable",
  });
  const { port } = worker;
  const wishes = new Map<string, Wish>();
  port.onmessage = ({ data }: MessageEvent<News>) => tell(data);
  setInterval(() => port.postMessage("here"), HERE_MS);
  addEventListener("pagehide", () => port.postMessage("bye"));
  // Out of the cache of pages that were left, or out of sleep: the worker may have given this tab up.
  const again = () => {
    for (const wish of wishes.values()) port.postMessage(wish);
  };
  addEventListener("pageshow", (event) => event.persisted && again());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  return {
    wish(wish) {
      wishes.set(wish.workspace, wish);
      port.postMessage(wish);
    },
  };
}
