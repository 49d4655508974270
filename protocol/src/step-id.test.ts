import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readVectors } from "../test/read-vectors.ts";
import { isStepId, stepId, stepNameProblem } from "./step-id.ts";

for (const { name, input, expected } of readVectors<{ scope: string; name: string; n: number }, string>(
  "step-id.json",
)) {
  test(`step id: ${name}`, () => {
    expect(stepId(input.scope, input.name, input.n)).toBe(expected);
    expect(isStepId(expected)).toBe(true);
  });
}

for (const { name, input, expected } of readVectors<string, "ok" | "refused">("step-name.json")) {
  test(`step name: ${name}`, () => {
    if (expected === "ok") expect(stepNameProblem(input)).toBeNull();
    else expect(stepNameProblem(input)).toMatch(/^A step's name must .*\.$|^A step's name must .*use name/);
  });
}

test("half a surrogate pair names nothing: its bytes are not its own", () => {
  expect(stepNameProblem("a\ud800")).toMatch(/surrogate/);
});

test("an id is the first half of the hash, and a name that is allowed cannot imitate another", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((n) => !stepNameProblem(n));
  const step = fc.tuple(fc.constantFrom("", stepId("", "group", 0)), name, fc.nat(20));
  fc.assert(
    fc.property(step, step, (one, two) => {
      const hash = createHash("sha256").update(one.join("\x1f")).digest("hex");
      expect(stepId(...one)).toBe(hash.slice(0, 32));
      expect(stepId(...one) === stepId(...two)).toBe(one.join("\x1f") === two.join("\x1f"));
      expect(one.join("\x1f") === two.join("\x1f")).toBe(one.every((part, i) => part === two[i]));
    }),
  );
});
