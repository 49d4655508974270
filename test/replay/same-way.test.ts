// A replay that keeps to the recorded path is never said to have left it, and one that has left it is.
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { has, name, type Program, partsOf, program, programOf, STEPS, withParts } from "./program.ts";
import { random, runToEnd, SmallEngine } from "./small-engine.ts";

const SEED = Number(process.env["DURABLE_TEST_SEED"] ?? 7);

/** Rows of steps beside each other, with what is no step between them. */
const row = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("run" as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("own" as const), name }) },
  { weight: 2, arbitrary: programOf([...STEPS, "own"]) },
);
const besideEachOther = fc
  .array(fc.array(row, { minLength: 2, maxLength: 4 }), { minLength: 2, maxLength: 3 })
  .map((rows): Program => ({ do: "both", parts: rows.map((parts) => ({ do: "each", parts })) }));

const hasRace = has("either", "race", "first");

/** Who wins such a race is chance, and no replay's business: one of its sides needs no step to be done. */
function isDecidedByOwn(program: Program): boolean {
  if (["either", "race", "first"].includes(program.do) && (has("own")(program) || hasEmptyLoop(program)))
    return true;
  return partsOf(program).some(isDecidedByOwn);
}

function hasEmptyLoop(program: Program): boolean {
  return (program.do === "loop" && program.items === 0) || partsOf(program).some(hasEmptyLoop);
}

/** No two steps by one name: what comes first must not depend on what is no step. */
function uniquely(program: Program, path = ""): Program {
  const own = "name" in program && program.name !== undefined ? program.name : program.do;
  const inside = withParts(program, (part, at) => uniquely(part, `${path}.${at}`));
  return { ...inside, name: `${own}${path}` };
}

function renamed(program: Program, name: string): Program {
  const inside = withParts(program, (part) => renamed(part, name));
  return inside.name === name ? { ...inside, name: `${name} now` } : inside;
}

test("no replay of a program seems to take another way, also where it awaits what is no step", async () => {
  const property = fc.asyncProperty(besideEachOther, fc.integer(), async (program, seed) => {
    fc.pre(!isDecidedByOwn(program));
    const chance = random(seed);
    await runToEnd(new SmallEngine(uniquely(program), { chance }), chance);
  });
  await fc.assert(property, { numRuns: 1_000, seed: SEED });
});

test("a program of which a recorded step is renamed is seen to take another way, or to end with a result left", async () => {
  const property = fc.asyncProperty(program, fc.integer(), async (program, seed) => {
    // What the items of a loop did is gone once their group is recorded.
    fc.pre(!hasRace(program) && !has("loop")(program));
    const chance = random(seed);
    const before = uniquely(program);
    const engine = new SmallEngine(before, { chance, patienceMs: 0 });
    await runToEnd(engine, chance);
    const whole = engine.journal.splice(0);
    engine.journal.push(...whole.slice(0, Math.ceil(chance() * whole.length)));
    fc.pre(engine.journal.length > 0);
    const { id } = engine.journal[Math.floor(chance() * engine.journal.length)]!;
    engine.program = renamed(before, engine.names.get(id)!);
    const answer = await engine.call();
    if (answer.status === "done") expect(answer.unclaimed).toBeGreaterThan(0);
    else expect(answer).toMatchObject({ status: "continue", detour: { certain: true } });
  });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  await fc.assert(property, { numRuns: 300 }).finally(() => warn.mockRestore());
});
