import { expect, test } from "vitest";
import { itemsOfId, rankItems } from "./palette-items.ts";

const items = ["Runs", "Errors", "Overview", "run-payroll", "Functions"].map((label) => ({
  id: label,
  label,
  hint: "",
  to: "/",
}));
const labels = (typed: string) => rankItems(items, typed).map(({ label }) => label);

test("what begins with it comes first, then what contains it, then what has its letters", () => {
  expect(labels("run")).toEqual(["Runs", "run-payroll"]);
  expect(labels("ror")).toEqual(["Errors"]);
  expect(labels("ove")).toEqual(["Overview"]);
  expect(labels("rs")).toEqual(
    ["Errors", "Runs"].toSorted((a, b) => labels("rs").indexOf(a) - labels("rs").indexOf(b)),
  );
  expect(labels("zz")).toEqual([]);
  expect(labels("")).toHaveLength(items.length);
});

test("a run's id is looked for as a run and as an event, any other text as an event", () => {
  const id = "0192f0c1-7b9d-7cc1-8f10-2b7d0e9c3a55";
  expect(itemsOfId(` ${id} `).map(({ to }) => to)).toEqual([`/r/${id}`, `/e/${id}`]);
  expect(itemsOfId("order/7").map(({ to }) => to)).toEqual(["/e/order%2F7"]);
  expect(itemsOfId("two words")).toEqual([]);
});
