// The work on Restate: a service whose handler does N durable steps one after the other.

import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type Context, createEndpointHandler, service } from "@restatedev/restate-sdk";

const bench = service({
  name: "bench",
  handlers: {
    count: async (context: Context, { steps }: { steps: number }): Promise<number> => {
      for (let i = 0; i < steps; i += 1) await context.run(`s${i}`, () => ({ i }));
      return steps;
    },
  },
});

const server = createServer(createEndpointHandler({ services: [bench], logger: () => {} }));
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
