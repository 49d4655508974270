// Random programs, for fast-check: what it finds it makes smaller.

import fc from "fast-check";
import {
  ANSWER_KINDS,
  ATTEMPTS,
  ATTEMPTS_MAX,
  type Block,
  JOIN_KINDS,
  type JoinKind,
  NEVER_KINDS,
  type Program,
  type RetryKind,
  type Statement,
} from "./program.ts";

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
      says: fc.constantFrom(true, false, false, false),
      retry: fc.option(fc.constantFrom(...(Object.keys(ATTEMPTS) as RetryKind[])), { freq: 3 }),
    })
    .map(({ fails, final, undo: isUndone, says, retry }) => ({
      do: "step",
      name: "step",
      fails,
      ...(final && fails > 0 && { final }),
      ...(undo && isUndone && { undo: true }),
      ...(retry !== null && fails > 0 && { retry }),
      // A slow attempt must be slow by itself, and none because the machine is.
      ...(says && retry !== "slow" && { says }),
    }));
const once = (undo: boolean): fc.Arbitrary<Statement> =>
  fc
    .record({ throws: fc.constantFrom(false, false, true), undo: fc.boolean() })
    .map(({ throws, undo: isUndone }) => ({
      do: "once",
      name: "once",
      throws,
      ...(undo && isUndone && { undo: true }),
    }));
const sleep = fc.integer({ min: 1, max: 30 }).map((ms): Statement => ({ do: "sleep", name: "sleep", ms }));
const sleepUntil = fc
  .integer({ min: -10, max: 30 })
  .map((ms): Statement => ({ do: "sleepUntil", name: "until", ms }));
const wait = fc
  .constantFrom("early", "late", "never")
  .map((comes): Statement => ({ do: "wait", name: "wait", comes }));
const invoke = fc
  .constantFrom(0, 0, 1, ATTEMPTS_MAX)
  .map((fails): Statement => ({ do: "invoke", name: "invoke", fails }));
const waitAny = fc
  .record({ of: fc.integer({ min: 1, max: 3 }), comes: fc.option(fc.nat(2), { freq: 3 }) })
  .map(
    ({ of, comes }): Statement => ({
      do: "waitAny",
      name: "any",
      of,
      comes: comes === null ? null : comes % of,
    }),
  );
const waitAll = fc
  .record({ of: fc.integer({ min: 1, max: 3 }), isMissing: fc.boolean() })
  .map((parts): Statement => ({ do: "waitAll", name: "every", ...parts }));
const signal = fc
  .constantFrom("early", "late", "never")
  .map((comes): Statement => ({ do: "signal", name: "signal", comes }));
const token = fc
  .constantFrom("early", "late", "never")
  .map((comes): Statement => ({ do: "token", name: "token", comes }));
const ask = fc.constantFrom(...ANSWER_KINDS).map((answer): Statement => ({ do: "ask", name: "ask", answer }));
const call = fc
  .constantFrom(0, 0, 1, ATTEMPTS_MAX)
  .map((fails): Statement => ({ do: "fetch", name: "fetch", fails }));
const spawn = fc.constant<Statement>({ do: "spawn", name: "spawn" });
const state = fc.constant<Statement>({ do: "state" });
const send = fc.constant<Statement>({ do: "send", name: "send" });

/** Branches of which chance decides nothing: one of a race, none that does not end where all are wanted. */
function join(inner: fc.Arbitrary<Block>): fc.Arbitrary<Statement> {
  const never = (min: number) => fc.array(fc.constantFrom(...NEVER_KINDS), { minLength: min, maxLength: 3 });
  const of = (kind: JoinKind): fc.Arbitrary<Statement> =>
    fc
      .record({
        fanOut: fc.boolean(),
        branches: fc.array(inner, { minLength: 1, maxLength: kind === "race" || kind === "first" ? 1 : 3 }),
        never: kind === "all" ? fc.constant([]) : never(kind === "quorum" ? 1 : 0),
      })
      .map((parts) => ({ do: "join", name: kind, kind, ...parts }));
  return fc.oneof(...JOIN_KINDS.map(of));
}

/** In branches that run at once nothing returns, and nothing is undone: there the order of the journal is chance. */
function block(depth: number, inParallel: boolean, max: number, min = 0): fc.Arbitrary<Block> {
  const leaves = [
    { weight: 8, arbitrary: step(!inParallel) },
    { weight: 1, arbitrary: once(!inParallel) },
    { weight: 2, arbitrary: sleep },
    { weight: 1, arbitrary: sleepUntil },
    { weight: 2, arbitrary: wait },
    { weight: 1, arbitrary: send },
    { weight: 1, arbitrary: invoke },
    { weight: 1, arbitrary: waitAny },
    { weight: 1, arbitrary: waitAll },
    { weight: 1, arbitrary: signal },
    { weight: 1, arbitrary: token },
    { weight: 1, arbitrary: ask },
    { weight: 1, arbitrary: call },
    { weight: 1, arbitrary: spawn },
    { weight: inParallel ? 0 : 1, arbitrary: state },
    { weight: inParallel ? 0 : 1, arbitrary: fc.constantFrom<Statement>({ do: "throw" }, { do: "return" }) },
  ];
  if (depth === 0) return fc.array(fc.oneof(...leaves), { minLength: min, maxLength: max });
  const inner = (parallel = inParallel) => block(depth - 1, parallel, 3);
  const nested: fc.Arbitrary<Statement>[] = [
    fc.array(inner(true), { minLength: 2, maxLength: 4 }).map((branches) => ({ do: "all", branches })),
    join(inner(true)),
    fc
      .record({
        items: fc.integer({ min: 0, max: 5 }),
        concurrency: fc.integer({ min: 1, max: 3 }),
        body: inner(true),
      })
      .map((parts) => ({ do: "each", name: "each", ...parts })),
    fc
      .record({ of: fc.constantFrom("race", "any"), body: inner(true) })
      // A step first: what begins in the very turn in which the handler ends holds the run until it is over.
      .map(
        ({ of, body }): Statement => ({
          do: "promise",
          name: "patience",
          of,
          body: [{ do: "step", name: "step", fails: 0 }, ...body],
        }),
      ),
    fc
      .record({
        // Seldom long enough that the handler reports while it goes on.
        times: fc.oneof(
          { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
          { weight: 1, arbitrary: fc.integer({ min: 10, max: 20 }) },
        ),
        body: inner(),
      })
      .map(({ times, body }) => ({ do: "loop", times, body })),
    fc.record({ body: inner(), otherwise: inner() }).map((parts) => ({ do: "try", ...parts })),
    fc.record({ even: inner(), odd: inner() }).map((parts) => ({ do: "branch", name: "branch", ...parts })),
    fc.record({ even: inner(), odd: inner() }).map((parts) => ({ do: "if", ...parts })),
  ];
  return fc.array(fc.oneof(...leaves, ...nested.map((arbitrary) => ({ weight: 1, arbitrary }))), {
    maxLength: max,
  });
}

export const programs: fc.Arbitrary<Program> = fc
  .record({
    body: block(2, false, 8, 2),
    cancelMs: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 800 }) },
    ),
  })
  .map(({ body, cancelMs }) => ({ body: named(body, ""), ...(cancelMs !== null && { cancelMs }) }));

/** Names by place, so that branches that run at once never share one; a loop repeats its own. */
export function named(body: Block, path: string): Block {
  return body.map((statement, index) => namedAt(statement, path === "" ? `${index}` : `${path}.${index}`));
}

function namedAt(statement: Statement, place: string): Statement {
  switch (statement.do) {
    case "step":
    case "once":
    case "sleep":
    case "sleepUntil":
    case "wait":
    case "waitAny":
    case "waitAll":
    case "signal":
    case "token":
    case "ask":
    case "fetch":
    case "spawn":
    case "send":
    case "invoke":
      return { ...statement, name: `${statement.name} ${place}` };
    case "all":
      return {
        ...statement,
        branches: statement.branches.map((branch, at) => named(branch, `${place}.${at}`)),
      };
    case "join":
      return {
        ...statement,
        name: `${statement.name} ${place}`,
        branches: statement.branches.map((branch, at) => named(branch, `${place}.${at}`)),
      };
    case "each":
    case "promise":
      return {
        ...statement,
        name: `${statement.name} ${place}`,
        body: named(statement.body, `${place}.b`),
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
    case "state":
    case "throw":
    case "return":
      return statement;
  }
}
