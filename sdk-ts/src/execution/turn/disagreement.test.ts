import { expect, test } from "vitest";
import { disagreement } from "./disagreement.ts";

test("the same op under a name agrees, another one ends the turn and says where it was asked for", () => {
  const asked = { op: "sleep", name: "pause", n: 1 } as const;
  expect(disagreement(asked, { id: "a", op: "sleep", st: "pending" })).toBeNull();
  expect(disagreement(asked, { id: "a", op: "run", st: "ok" })).toMatchObject({
    kind: "nondeterministic",
    message: expect.stringMatching(
      /^Step "pause" \(1\) is recorded as "run", and the code now asks for "sleep" under that name, at .*disagreement\.test\.ts:\d+:\d+\.$/,
    ),
    frame: expect.stringContaining("disagreement.test.ts"),
  });
});
