import type { DurableFunction } from "@durable/sdk";
import { afterAll, beforeAll } from "vitest";
import type { EngineConfig } from "../../engine/src/engine.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

type Engine = Awaited<ReturnType<typeof startEngine>>;
type App = Awaited<ReturnType<typeof startSdkApp>>;

/**
 * An engine and an app made with the SDK for all tests of the file that calls this, and at their end what is true at every
 * instant. What it returns is empty until the first test begins, and until the hooks that are declared after it.
 */
export function engineWithApp(
  name: string,
  functions: readonly DurableFunction[],
  options: Partial<EngineConfig> = {},
): { readonly engine: Engine; readonly app: App } {
  const engine = {} as Engine;
  const app = {} as App;
  beforeAll(async () => {
    Object.assign(engine, await startEngine(options));
    Object.assign(app, await startSdkApp(engine, name, functions));
  });
  afterAll(async () => {
    await app.stop();
    await engine.stop();
  });
  // Hooks that undo run in the order opposite to this.
  afterAll(() => expectInvariants(engine.database));
  return { engine, app };
}
