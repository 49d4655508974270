// Starts the platform's Restate server with our arguments, says its process id, and ends with it. (The package's own
// launcher does the same but tells nobody the id, which CPU times and memory are read by.)

import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const binary = createRequire(import.meta.url).resolve(
  `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
);
const server = spawn(binary, process.argv.slice(2), { stdio: ["ignore", "inherit", "inherit"] });

server.once("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
server.once("spawn", () => process.send?.({ pid: server.pid }));
server.once("exit", (code) => process.exit(code ?? 1));
// Its data is thrown away, so there is nothing to be shut down gracefully.
process.once("SIGTERM", () => server.kill("SIGKILL"));
process.once("exit", () => server.kill("SIGKILL"));
