// The fixture of protocol/conformance/PROGRAM.md, with the SDK for TypeScript. Serves at any path of $PORT.

import { createServer } from "node:http";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { runProgram } from "./typescript-program.ts";

const conformance = createFunction({
  id: "conformance",
  trigger: { event: "conformance.run" },
  handler: ({ event, step }) => runProgram(step, event.data),
});

const route = serve({ app: "conformance", functions: [conformance], captureConsole: false });
// Ends by itself, so that what was compiled is kept where the environment says so.
process.once("SIGTERM", () => process.exit());
createServer(route).listen(Number(process.env["PORT"]), "127.0.0.1");
