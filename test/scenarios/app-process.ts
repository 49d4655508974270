// An app as a process of its own, for tests that stop it. Prints its address when it is up.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import "../support/keep-compiled.ts";

const copy = createFunction({
  id: "copy",
  trigger: { event: "copy" },
  handler: ({ step }) =>
    step.run(
      "copy",
      async ({ attempt, heartbeat }) => {
        // The first attempt says that it lives until it is told that it does not count.
        while (attempt === 1) {
          try {
            await heartbeat({ attempt });
          } catch {
            return "too late";
          }
          await sleep(20);
        }
        return `attempt ${attempt}`;
      },
      { heartbeatTimeout: "2s", retry: { max: 2, base: 1 } },
    ),
});

const server = createServer(serve({ app: "shop", functions: [copy] }));
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`);
});
