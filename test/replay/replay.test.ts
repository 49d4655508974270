// The model: a function is a program of steps; whatever the engine does between requests (answers lost, results in any
// order, steps that fail for good, a handler called a hundred times), the function comes to the end that its code says.
import type { Op } from "@durable/protocol/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { has, type Program, program } from "./program.ts";
import { random, runToEnd, SmallEngine } from "./small-engine.ts";

const WAITS: ReadonlySet<string> = new Set(["sleep", "wait", "approval"]);
const hasRace = has("either", "race", "first");
const hasJoin = has("race", "first", "all", "fan");
const hasLoop = has("loop");

/** With `checkpoints` the handler reports while it goes on, over a bad line. */
function engineFor(program: Program, seed: number, checkpoints: boolean) {
  const chance = random(seed);
  return { engine: new SmallEngine(program, { chance, checkpoints }), chance };
}

describe.each([
  ["by answers alone", false],
  ["by checkpoints over a bad line", true],
])("whatever happens between requests, told %s", (_, checkpoints) => {
  test("a program without races computes the same", async () => {
    let taken = 0;
    const property = fc.asyncProperty(program, fc.integer(), fc.integer(), async (program, one, other) => {
      fc.pre(!hasRace(program));
      const first = engineFor(program, one, checkpoints);
      const second = engineFor(program, other, false);
      const { output } = await runToEnd(first.engine, first.chance);
      expect(output).toBe((await runToEnd(second.engine, second.chance)).output);
      taken += first.engine.checkpoints;
    });
    await fc.assert(property, { numRuns: 300 });
    if (checkpoints) expect(taken).toBeGreaterThan(100);
  });

  test("a memo that has grown begins every turn like a shorter one: no step outside of it, and the same end", async () => {
    const property = fc.asyncProperty(program, fc.integer(), async (program, seed) => {
      const { engine, chance } = engineFor(program, seed, checkpoints);
      const { output } = await runToEnd(engine, chance);
      expect(engine.doubled).toEqual([]);
      const replayed = new SmallEngine(program);
      replayed.cancelled.push(...engine.cancelled);
      const known = new Set([...engine.journal, ...engine.pending].map(({ id }) => id));
      for (let length = 0; length <= engine.journal.length; length += 1) {
        const later = engine.journal.slice(length);
        const open = [...later.filter(({ op }) => WAITS.has(op)), ...engine.pending] as Op[];
        const answer = await replayed.call(engine.memo(length), open);
        // What a loser began in the turn of the decision was never reported, nor what an item did that was done.
        const mayForget = hasJoin(program) || (hasRace(program) && hasLoop(program));
        if (answer.status !== "continue" || mayForget) continue;
        // Nor was a sleep or a wait that the turn of the end began: nobody was left to wait for it.
        const mayBeUnknown = hasRace(program) ? ["state", "sleep", "wait"] : ["state"];
        for (const { op, id } of answer.ops) if (!mayBeUnknown.includes(op)) expect(known).toContain(id);
      }
      expect((await runToEnd(engine, chance)).output).toBe(output);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

test("a loop of more items than a group has goes on where it stopped, however often its line breaks", async () => {
  const loop: Program = { do: "loop", items: 230, concurrency: 7, part: { do: "run", name: "a" } };
  for (let seed = 1; seed <= 5; seed += 1) {
    const { engine, chance } = engineFor(loop, seed, true);
    const { output } = await runToEnd(engine, chance);
    expect(JSON.parse(output).result.length).toBe(230);
    expect(new Set(engine.ran).size).toBe(230);
    expect(engine.doubled).toEqual([]);
    // Two whole groups and what is left of the third.
    expect(engine.memo().map(({ op }) => op)).toEqual(["group", "group", "group"]);
  }
});
