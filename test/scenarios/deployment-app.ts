// A process: one deployment of an app, with a function of each version mode. What it is called and where it listens is
// in its environment; each step says who ran it.
import { createServer } from "node:http";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import "../support/keep-compiled.ts";

const me = process.env["APP_DEPLOYMENT"]!;
/** Then the code asks for something else where its first step is recorded. */
const isChanged = process.env["APP_CHANGED"] === "1";

const functions = (["latest", "pinned", "drain"] as const).map((version) =>
  createFunction({
    id: version,
    trigger: { event: version },
    version,
    async handler({ step }) {
      const first = isChanged ? await step.sleep("first", 1) : await step.run("first", () => me);
      await step.waitForEvent("go", { event: "go", timeout: "1h" });
      return [first, await step.run("second", () => me)];
    },
  }),
);

/** A step that is held until somebody writes to this process. */
const held = createFunction({
  id: "held",
  trigger: { event: "held" },
  version: "pinned",
  async handler({ step }) {
    const first = await step.run("first", () => {
      console.log("held");
      return new Promise<string>((resolve) => process.stdin.once("data", () => resolve(me)));
    });
    return [first, await step.run("second", () => me)];
  },
});

const server = createServer(serve({ app: "shop", functions: [...functions, held], deployment: me }));
server.listen(Number(process.env["APP_PORT"] ?? 0), "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : address);
});
