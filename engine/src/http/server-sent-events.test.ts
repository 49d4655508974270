import fc from "fast-check";
import { expect, test } from "vitest";
import { readEvents, type ServerSentEvent } from "./server-sent-events.ts";

const TEXT =
  'retry: 500\nevent: open\ndata: {"a":"ä€😀"}\n\n: beat\nid: 1.2:3:\n\ndata: 1\n\ndata: 2\nid: x\n\n: beat\n\n';
const EVENTS: ServerSentEvent[] = [
  { event: "open", data: '{"a":"ä€😀"}', id: null },
  { event: "message", data: null, id: "1.2:3:" },
  { event: "message", data: "1", id: null },
  { event: "message", data: "2", id: "x" },
];

test("events are read in whatever pieces they arrive", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      async function* pieces() {
        for (let no = 1; no < edges.length; no += 1) yield bytes.subarray(edges[no - 1], edges[no]);
      }
      const read: ServerSentEvent[] = [];
      for await (const event of readEvents(pieces())) read.push(event);
      expect(read).toEqual(EVENTS);
    }),
    { numRuns: 200 },
  );
});
