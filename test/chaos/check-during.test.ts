import { expect, test } from "vitest";
import type { InvariantReport } from "../invariants/check.ts";
import { checkDuring } from "./check-during.ts";

/** Answers each check with the next of these; the last one ends the faults. */
function checkerOf(answers: readonly (InvariantReport | Error)[], ending: AbortController) {
  let no = 0;
  return {
    async check() {
      const answer = answers[no++]!;
      if (no === answers.length) ending.abort();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

const well: InvariantReport = { ok: true, lines: [] };
const broken: InvariantReport = { ok: false, lines: [] };
const away = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

test("a check that finds no database says nothing, and the next one counts", async () => {
  const ending = new AbortController();
  expect(await checkDuring(checkerOf([away, well, away], ending), ending, 1)).toEqual({
    checks: 1,
    broken: null,
  });
});

test("the first broken invariant ends the faults", async () => {
  const ending = new AbortController();
  expect(await checkDuring(checkerOf([well, broken, well], ending), ending, 1)).toEqual({
    checks: 2,
    broken,
  });
  expect(ending.signal.aborted).toBe(true);
});

test("an invariant that cannot be asked ends the faults and fails the run", async () => {
  const ending = new AbortController();
  const wrong = new Error('invariant R1 (decided) cannot be asked: column "n" does not exist');
  await expect(checkDuring(checkerOf([wrong, well], ending), ending, 1)).rejects.toThrow(wrong);
  expect(ending.signal.aborted).toBe(true);
});
