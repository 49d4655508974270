import { expect, test } from "vitest";
import { bodyOf, delayMsOf, NO_OPTIONS } from "./more-options.tsx";

test("what is empty is not sent", () => {
  expect(bodyOf(NO_OPTIONS)).toEqual({});
  expect(bodyOf({ id: " a ", tags: "import, test", delay: "10m" })).toEqual({
    id: "a",
    tags: ["import", "test"],
    delay_ms: 600_000,
  });
});

test("what is no duration is none", () => {
  expect([delayMsOf(""), delayMsOf("2h"), delayMsOf("soon")]).toEqual([0, 7_200_000, null]);
});
