// The app that load.ts measures.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";

const tenSteps = createFunction({
  id: "ten-steps",
  trigger: { event: "load.asked" },
  handler: async ({ step }) => {
    for (let i = 0; i < 10; i += 1) await step.run(`step-${i}`, async () => ({ i }));
    return { steps: 10 };
  },
});

/** What node:http costs by itself: the body read as one piece, an answer of usual size. */
const bare: RequestListener = (request, response) => {
  request.once("data", () => {});
  request.once("end", () => {
    response.writeHead(200, { "content-type": "application/json", "content-length": 200 });
    response.end("x".repeat(200));
  });
};

const handler = process.argv.includes("--bare") ? bare : serve({ app: "load", functions: [tenSteps] });
const server = createServer((request, response) => void handler(request, response));
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system });
});
