import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodeCommand } from "./child.ts";
import { Findings } from "./findings.ts";
import { ProcessSlot } from "./process-slot.ts";
import { Random } from "./random.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("a process that never leaves is told of, and does not keep the harness waiting", async () => {
  const folder = temporaryFolder("slot");
  onTestFinished(() => folder.remove());
  const script = join(folder.path, "stays.mjs");
  writeFileSync(
    script,
    'process.on("SIGTERM", () => {}); setInterval(() => {}, 1_000); console.log("ready");',
  );
  const findings = new Findings();
  const slot = new ProcessSlot({
    name: "engine one",
    command: nodeCommand(script),
    logFile: join(folder.path, "log"),
    env: () => ({}),
    isReady: (line) => line === "ready",
    onKilled: () => {},
    mayFailToStart: () => false,
    findings,
    random: new Random("slot"),
  });
  onTestFinished(() => slot.close());
  await slot.start();
  await slot.drain(200);
  expect(findings.all).toEqual(["engine one was told to drain and was still there after 0.2 s"]);
});
