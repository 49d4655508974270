// Runs before each file: what it changes of the process is put back when it ends, for others come after it.
import { afterAll, vi } from "vitest";
import { endFile } from "./end-of-file.ts";

const found = { ...process.env };

afterAll(async () => {
  await endFile();
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in found)) delete process.env[name];
  Object.assign(process.env, found);
});
