import { expect, test } from "vitest";
import { HOST_HEAD, MOVE_HEAD, resultsPage, tableOf } from "./results.ts";

const ORDER = ["Node 24", "Bun", "Deno"];

test("rows of a run stand beside those of earlier ones, in the order of the hosts", () => {
  const first = resultsPage(
    "",
    {
      hosts: [
        ["Deno", "2.9", "-", "158 entries", "900"],
        ["Bun", "1.4", "-", "a | b", "1000"],
      ],
      moves: [["Bun", "Deno", "bun, then deno", "completed"]],
    },
    ORDER,
  );
  const second = resultsPage(
    first,
    {
      hosts: [
        ["Node 24", "24.22", "-", "158 entries", "700"],
        ["Deno", "2.9", "-", "158 entries", "950"],
      ],
      moves: [["Node 24", "Bun", "node, then bun", "completed"]],
    },
    ORDER,
  );
  expect(second).toContain(
    tableOf(HOST_HEAD, [
      ["Node 24", "24.22", "-", "158 entries", "700"],
      ["Bun", "1.4", "-", "a | b", "1000"],
      ["Deno", "2.9", "-", "158 entries", "950"],
    ]),
  );
  expect(second).toContain(
    tableOf(MOVE_HEAD, [
      ["Bun", "Deno", "bun, then deno", "completed"],
      ["Node 24", "Bun", "node, then bun", "completed"],
    ]),
  );
});

test("a host that is none any more has no row, and what breaks no table breaks none", () => {
  const page = resultsPage("", { hosts: [["Bun", "1.4", "-", "one\nflaw | more", ""]], moves: [] }, ORDER);
  expect(page).toContain("| Bun | 1.4 | - | one flaw \\| more |  |");
  expect(resultsPage(page, { hosts: [], moves: [] }, ["Deno"])).not.toContain("Bun");
});
