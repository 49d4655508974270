import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { Stage } from "../concurrency/stage.ts";
import { GatesOnStage } from "./gates-on-stage.ts";

/**
 * A stage for all tests of the file that calls this, each of which has limits in a workspace of its own, and leaves nothing
 * that breaks an invariant: neither while its runs still hold places and wait for them, nor when they have all ended. `use` is
 * told before each test.
 */
export function stageWithGates(
  seed: number,
  use: (own: { readonly stage: Stage; readonly gates: GatesOnStage }) => void,
): void {
  let stage: Stage;
  let gates: GatesOnStage;
  beforeAll(async () => {
    stage = await Stage.open(seed);
  });
  beforeEach(async () => {
    gates = await GatesOnStage.open(stage);
    use({ stage, gates });
  });
  afterEach(async () => {
    await stage.expectInvariants();
    await gates.endAll();
    await stage.expectInvariants();
  });
  afterAll(() => stage.close());
}
