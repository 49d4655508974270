import type { TestProject } from "vitest/node";
import { tempFolder } from "./temp-folder.ts";
import { createTemplate, type ServerKind, startTestServer } from "./test-server.ts";

/** One server per project and run: initdb once, migrate once, copy for every test file. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // For the processes of test files, and for the programs that they start.
  process.env["NODE_COMPILE_CACHE"] ??= tempFolder("compiled");
  const chosen = project.config.env["DURABLE_TEST_DATABASE"] ?? process.env["DURABLE_TEST_DATABASE"];
  const kind: ServerKind = chosen === "debian" ? "debian" : "embedded";
  const server = await startTestServer(kind);
  await createTemplate(server.address);
  project.provide("postgres", server.address);
  return () => server.stop();
}
