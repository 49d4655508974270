// The work on Durable: a function of N steps one after the other, and one without steps that notes when it was called.

import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";

const count = createFunction({
  id: "count",
  trigger: { event: "bench.count" },
  handler: async ({ event, step }) => {
    const { steps } = event.data as { steps: number };
    for (let i = 0; i < steps; i += 1) await step.run(`s${i}`, () => ({ i }));
    return steps;
  },
});

const arrivals: Record<string, string> = {};

const arrive = createFunction({
  id: "arrive",
  trigger: { event: "bench.event" },
  handler: async ({ event }) => {
    const { key } = event.data as { key: number };
    arrivals[key] ??= String(process.hrtime.bigint());
  },
});

const handle = serve({ app: "bench", functions: [count, arrive] });
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  void handle(request, response);
});
server.keepAliveTimeout = 60_000;

// Bytes on the wire, to see whether long runs cost more per step.
const sockets = new Set<Socket>();
const closed = { received: 0, sent: 0 };
server.on("connection", (socket) => {
  sockets.add(socket);
  socket.once("close", () => {
    sockets.delete(socket);
    closed.received += socket.bytesRead;
    closed.sent += socket.bytesWritten;
  });
});

process.on("message", (question) => {
  if (question === "arrivals") return void process.send?.(arrivals);
  let { received, sent } = closed;
  for (const socket of sockets) {
    received += socket.bytesRead;
    sent += socket.bytesWritten;
  }
  process.send?.({ requests, received, sent });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

// Not by the signal itself: that would leave no profile.
process.once("SIGTERM", () => process.exit());
