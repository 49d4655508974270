// A claim holds what is paused while a person resumes it: whoever comes first, no job is left under a pause that is gone.
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { pauseTarget, resumeTarget } from "../../engine/src/store/pauses.ts";
import { ROUNDS, rounds } from "./rounds.ts";
import { commitItem, outcome, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(23);
});
afterAll(() => stage.close());

test("a job that is held beside the end of its pause goes on", { timeout: 600_000 }, async () => {
  for (const round of rounds(ROUNDS / 4)) {
    const { id } = await pauseTarget(stage.database, stage.workspaceId, "ann", { kind: "workspace" }, null);
    stage.registryVersion += 1;
    const items = (await stage.startRuns(2)).map((run) => commitItem(run, outcome("requeue")));
    await commitOutcomes(stage.database, stage.engineId, items);
    const [first, second] = await stage.race(
      () => claimLeases(stage.left, stage.engineId, 10),
      async () => {
        await resumeTarget(stage.right, stage.workspaceId, "bob", id, null);
        return await claimLeases(stage.right, stage.engineId, 10);
      },
    );
    stage.registryVersion += 1;
    const leases: Lease[] = [...first, ...second];
    for (let again = 0; again < 3; again += 1)
      leases.push(...(await claimLeases(stage.left, stage.engineId, 10)));
    expect(leases, `round ${round}`).toHaveLength(2);
    await stage.complete(leases);
  }
  await stage.expectInvariants();
});
