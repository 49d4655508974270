// Random programs, for fast-check: what it finds it makes smaller.

import fc from "fast-check";
import { ATTEMPTS_MAX, type Block, type Program, type Statement } from "./program.ts";

/** A step: mostly well, now and then at its second or third attempt, seldom never. */
const step = (undo: boolean): fc.Arbitrary<Statement> =>
  fc
    .record({
      fails: fc.oneof(
        { weight: 10, arbitrary: fc.constant(0) },
        { weight: 3, arbitrary: fc.integer({ min: 1, max: ATTEMPTS_MAX - 1 }) },
        { weight: 1, arbitrary: fc.constant(ATTEMPTS_MAX) },
      ),
      final: fc.boolean(),
      undo: fc.boolean(),
    })
    .map(({ fails, final, undo: isUndone }) => ({
      do: "step",
      name: "step",
      fails,
      ...(final && fails > 0 && { final }),
      ...(undo && isUndone && { undo: true }),
    }));
const sleep = fc.integer({ min: 1, max: 30 }).map((ms): Statement => ({ do: "sleep", name: "sleep", ms }));
const wait = fc
  .constantFrom("early", "late", "never")
  .map((comes): Statement => ({ do: "wait", name: "wait", comes }));
const invoke = fc
  .constantFrom(0, 0, 1, ATTEMPTS_MAX)
  .map((fails): Statement => ({ do: "invoke", name: "invoke", fails }));
const send = fc.constant<Statement>({ do: "send", name: "send" });

/** In branches that run at once nothing returns, and nothing is undone: there the order of the journal is chance. */
function block(depth: number, inParallel: boolean, max: number, min = 0): fc.Arbitrary<Block> {
  const leaves = [
    { weight: 8, arbitrary: step(!inParallel) },
    { weight: 2, arbitrary: sleep },
    { weight: 2, arbitrary: wait },
    { weight: 1, arbitrary: send },
    { weight: 1, arbitrary: invoke },
    { weight: inParallel ? 0 : 1, arbitrary: fc.constantFrom<Statement>({ do: "throw" }, { do: "return" }) },
  ];
  if (depth === 0) return fc.array(fc.oneof(...leaves), { minLength: min, maxLength: max });
  const inner = (parallel = inParallel) => block(depth - 1, parallel, 3);
  const nested: fc.Arbitrary<Statement>[] = [
    fc.array(inner(true), { minLength: 2, maxLength: 4 }).map((branches) => ({ do: "all", branches })),
    fc
      .record({ times: fc.integer({ min: 1, max: 4 }), body: inner() })
      .map(({ times, body }) => ({ do: "loop", times, body })),
    fc.record({ body: inner(), otherwise: inner() }).map((parts) => ({ do: "try", ...parts })),
    fc.record({ even: inner(), odd: inner() }).map((parts) => ({ do: "branch", name: "branch", ...parts })),
    fc.record({ even: inner(), odd: inner() }).map((parts) => ({ do: "if", ...parts })),
  ];
  return fc.array(fc.oneof(...leaves, ...nested.map((arbitrary) => ({ weight: 1, arbitrary }))), {
    maxLength: max,
  });
}

export const programs: fc.Arbitrary<Program> = block(2, false, 8, 2).map((body) => ({
  body: named(body, ""),
}));

/** Names by place, so that branches that run at once never share one; a loop repeats its own. */
export function named(body: Block, path: string): Block {
  return body.map((statement, index) => namedAt(statement, path === "" ? `${index}` : `${path}.${index}`));
}

function namedAt(statement: Statement, place: string): Statement {
  switch (statement.do) {
    case "step":
    case "sleep":
    case "wait":
    case "send":
    case "invoke":
      return { ...statement, name: `${statement.name} ${place}` };
    case "all":
      return {
        ...statement,
        branches: statement.branches.map((branch, at) => named(branch, `${place}.${at}`)),
      };
    case "loop":
      return { ...statement, body: named(statement.body, `${place}.l`) };
    case "try":
      return {
        ...statement,
        body: named(statement.body, `${place}.t`),
        otherwise: named(statement.otherwise, `${place}.c`),
      };
    case "branch":
      return {
        ...statement,
        name: `${statement.name} ${place}`,
        even: named(statement.even, `${place}.e`),
        odd: named(statement.odd, `${place}.o`),
      };
    case "if":
      return {
        ...statement,
        even: named(statement.even, `${place}.e`),
        odd: named(statement.odd, `${place}.o`),
      };
    case "throw":
    case "return":
      return statement;
  }
}
