import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

// A fixed seed, a few seconds of every fault there is. The long run is `npm run chaos`.
test("a short run with every kind of fault loses nothing and doubles nothing", {
  timeout: 120_000,
}, async () => {
  const chaos = spawn(process.execPath, [MAIN, "--seed", "7", "--minutes", "0.2"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said, complained, [code]] = await Promise.all([
    text(chaos.stdout),
    text(chaos.stderr),
    once(chaos, "exit"),
  ]);
  expect({ code, said }, complained).toMatchObject({
    code: 0,
    said: expect.stringContaining("PASSED: nothing was lost, nothing was doubled"),
  });
});
