import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../engine/src/store/database.ts";
import { intercept } from "./intercept.ts";
import { startParts } from "./lease-parts.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(73);
});
afterAll(() => stage.close());

test("an engine that has closed its connections gives up at once what it was about to accept", async () => {
  const closed = openDatabase({ options: stage.database.address, max: 1, applicationName: "closed" });
  await closed.end();
  let tries = 0;
  const database = intercept(closed, (_, pending) => {
    tries += 1;
    return pending;
  });
  const { acceptor } = startParts({ stage, database });
  const born = { clientId: null, name: "born", data: "null", timeMs: null };
  await expect(acceptor.accept(stage.workspaceId, [born])).rejects.toMatchObject({
    code: "CONNECTION_ENDED",
  });
  expect(tries).toBe(1);
});
