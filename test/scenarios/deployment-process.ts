import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { waitFor } from "../support/wait.ts";

const PROGRAM = fileURLToPath(new URL("deployment-app.ts", import.meta.url));

/** A deployment of the app `shop`, as a process of its own at an address of its own. */
export interface DeploymentProcess {
  readonly port: number;
  readonly url: string;
  /** Until the body of a step is held. */
  held(): Promise<unknown>;
  release(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** `isChanged`: its code asks for something else where its first step is recorded. */
export async function startDeployment(
  deployment: string,
  port = 0,
  isChanged = false,
): Promise<DeploymentProcess> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: {
      ...process.env,
      APP_DEPLOYMENT: deployment,
      APP_PORT: String(port),
      APP_CHANGED: isChanged ? "1" : "",
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const [said] = await once(child.stdout!, "data");
  let isHolding = false;
  child.stdout!.on("data", () => {
    isHolding = true;
  });
  return {
    port: Number(said),
    url: `http://127.0.0.1:${String(said).trim()}/api/durable`,
    held: () => waitFor("the held step", async () => isHolding),
    release: () => void child.stdin!.write("go"),
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
