// The SharedWorker: it holds the lines of all tabs of this browser. HTTP/1.1 allows six connections to one engine.
import { Lines } from "./lines.ts";
import type { Wish } from "./messages.ts";

const lines = new Lines();

/** Tabs that are closed do not say so: each says every few seconds that it is there. */
const GONE_MS = 20_000;

declare const self: { onconnect: ((event: MessageEvent) => void) | null };

self.onconnect = ({ ports }) => {
  const port = ports[0]!;
  let timer: ReturnType<typeof setTimeout>;
  const isThere = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, GONE_MS);
  };
  const leave = () => {
    clearTimeout(timer);
    lines.leave(port);
  };
  lines.join(port, (news) => port.postMessage(news));
  port.onmessage = ({ data }: MessageEvent<Wish | "here" | "bye">) => {
    if (data === "bye") return leave();
    isThere();
    if (data !== "here") lines.wish(port, data);
  };
  isThere();
};
