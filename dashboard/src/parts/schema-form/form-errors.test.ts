import { expect, test } from "vitest";
import { errorsBelow, pointerTo } from "./form-errors.ts";

test("errors stand at their field, and a missing member at its own", () => {
  expect(
    errorsBelow(
      [
        { pointer: "/data/order", detail: "must be integer" },
        { pointer: "/data", detail: "must have required property 'customer'" },
        { pointer: "/data/items/0", detail: "must have required property 'a/b'" },
        { pointer: "/tags/0", detail: "must be a word" },
      ],
      "/data",
    ),
  ).toEqual({
    "/order": ["must be integer"],
    "/customer": ["must be there"],
    "/items/0/a~1b": ["must be there"],
  });
});

test("pointers escape what they are made of", () => {
  expect(pointerTo("/a", "b/c~d")).toBe("/a/b~1c~0d");
  expect(pointerTo("", 3)).toBe("/3");
});
