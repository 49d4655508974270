// Reads all that an engine reads, so that Node's compile cache has it; run by elsewhere.js.

import module from "node:module";

module.enableCompileCache?.();
for (const file of ["main.ts", "commands/dev-action.ts", "commands/start-action.ts", "../http/client.ts"])
  await import(new URL(`../src/cli/${file}`, import.meta.url).href);
