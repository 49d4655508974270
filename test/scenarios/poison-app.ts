// A process: an app whose step "die" takes the process with it.
import { createServer } from "node:http";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import "../support/keep-compiled.ts";

const poison = createFunction({
  id: "poison",
  trigger: { event: "poison" },
  handler: ({ step }) => step.run("die", () => process.kill(process.pid, "SIGKILL")),
});
const honest = createFunction({
  id: "honest",
  trigger: { event: "honest" },
  handler: ({ step }) => step.run("work", () => "done"),
});

createServer(serve({ app: "shop", functions: [poison, honest] })).listen(
  Number(process.env["APP_PORT"]),
  "127.0.0.1",
  () => console.log("ready"),
);
