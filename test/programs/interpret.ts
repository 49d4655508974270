// The function `program`: does what its event tells it to, with the real SDK.

import { createFunction, type DurableFunction, NonRetriableError } from "../../sdk-ts/src/index.ts";
import { ask, token } from "./asks.ts";
import { body, once } from "./bodies.ts";
import { each, forever, join, promise } from "./branches.ts";
import { type Context, type Effects, Returned } from "./context.ts";
import {
  ATTEMPTS_MAX,
  type Block,
  fold,
  type Program,
  SENT_EVENT,
  START,
  type Statement,
  WAITED_EVENT,
  waitKey,
} from "./program.ts";

const RETRY = { max: ATTEMPTS_MAX, backoff: "constant", base: 5, jitter: false } as const;

interface ChildInput {
  readonly name: string;
  readonly fails: number;
  readonly value: number;
}

const child = createFunction({
  id: "child",
  retry: RETRY,
  handler: async ({ event, step }) => {
    const { name, fails, value } = event.data as ChildInput;
    return step.run("work", ({ attempt }) => {
      if (attempt <= fails) throw new Error(`${name} failed at ${value}`);
      return fold(value, "child");
    });
  },
});

const spawned = createFunction({
  id: "spawned",
  retry: RETRY,
  handler: ({ event, step }) => step.run("work", () => event.data as number),
});

/** `callUrl`: of the server that `fetch` calls. */
export function programFunctions(effects: Effects, callUrl: string): DurableFunction[] {
  const program = createFunction({
    id: "program",
    retry: RETRY,
    handler: async ({ event, step, run }) => {
      const { program, key } = event.data as { program: Program; key: string };
      try {
        const awaitsOwn = !JSON.stringify(program).includes('"do":"promise"');
        return await block({ step, run: run.id, key, effects, callUrl, awaitsOwn }, program.body, START);
      } catch (thrown) {
        if (thrown instanceof Returned) return thrown.value;
        throw thrown;
      }
    },
    onFailure: ({ step }) => step.run("hear of it", () => null),
  });
  const receiver = createFunction({
    id: "receiver",
    trigger: { event: SENT_EVENT },
    retry: RETRY,
    handler: ({ event, step }) => step.run("receive", () => event.data.value as number),
  });
  return [program, child, forever, spawned, receiver];
}

async function block(context: Context, body: Block, start: number): Promise<number> {
  let value = start;
  for (const statement of body) {
    // Something that is no step, and over by the next turn of the event loop.
    if (context.awaitsOwn && fold(value, "own") % 3 === 0) await new Promise(setImmediate);
    value = await one(context, statement, value);
  }
  return value;
}

async function one(context: Context, statement: Statement, value: number): Promise<number> {
  const { step, key } = context;
  switch (statement.do) {
    case "step":
      return fold(value, await body(context, statement, value));
    case "once":
      return once(context, statement, value);
    case "sleep":
      await step.sleep(statement.name, statement.ms);
      return fold(value, "slept");
    case "sleepUntil":
      await step.sleepUntil(statement.name, new Date(Date.now() + statement.ms));
      return fold(value, "slept");
    case "wait": {
      const timeout = statement.comes === "never" ? 15 : "30d";
      const match = { key: waitKey(key, statement.name, value) };
      const got = await step.waitForEvent(statement.name, { event: WAITED_EVENT, match, timeout });
      return fold(value, got === null ? "nothing" : got.data.say);
    }
    case "waitAny": {
      const { name, of, comes } = statement;
      const timeout = comes === null ? 15 : "30d";
      const got = await step.waitForAny(name, several(context, name, of, value), { timeout });
      return fold(value, got === null ? "nothing" : `${got.key} ${got.event.data.say}`);
    }
    case "waitAll": {
      const { name, of, isMissing } = statement;
      const timeout = isMissing ? 15 : "30d";
      const got = await step.waitForAll(name, several(context, name, of, value), { timeout });
      return got === null
        ? fold(value, "nothing")
        : got.reduce((sum, { data }) => fold(sum, data.say as string), value);
    }
    case "signal": {
      const timeout = statement.comes === "never" ? 15 : "30d";
      const signalled = { key: waitKey(key, statement.name, value), timeout };
      const got = await step.waitForSignal<{ say: string }>(statement.name, signalled);
      return fold(value, got === null ? "nothing" : got.say);
    }
    case "token":
      return token(context, statement, value);
    case "ask":
      return ask(context, statement, value);
    case "fetch": {
      const { name, fails } = statement;
      try {
        const silent = fails < ATTEMPTS_MAX ? fails : "always";
        const { status, body } = await step.fetch(name, `${context.callUrl}/${silent}`);
        return fold(value, `${status} ${body}`);
      } catch (error) {
        if ((error as Error).name !== "FetchError") throw error;
        throw new NonRetriableError(`${name} got no answer at ${value}`);
      }
    }
    case "state":
      step.setState(value);
      return value;
    case "spawn": {
      const id = await step.spawn(statement.name, spawned, { input: value, onCancel: "abandon" });
      return fold(value, typeof id);
    }
    case "send": {
      const data = { key: `${key}/${statement.name}`, value };
      const { ids } = await step.sendEvent(statement.name, { name: SENT_EVENT, data });
      return fold(value, ids.length);
    }
    case "invoke": {
      const { name, fails } = statement;
      return fold(value, await step.invoke(name, child, { input: { name, fails, value } }));
    }
    case "all": {
      const inBranches = { ...context, awaitsOwn: false };
      const ends = await Promise.allSettled(
        statement.branches.map((branch, index) => block(inBranches, branch, fold(value, index))),
      );
      const returned = ends.find((end) => end.status === "rejected" && end.reason instanceof Returned);
      if (returned?.status === "rejected") throw returned.reason;
      return ends.reduce(
        (sum, end) => fold(sum, end.status === "fulfilled" ? end.value : (end.reason as Error).message),
        value,
      );
    }
    case "join":
      return join(context, statement, value, block);
    case "each":
      return each(context, statement, value, block);
    case "promise":
      return promise(context, statement, value, block);
    case "loop": {
      let result = value;
      for (let turn = 0; turn < statement.times; turn += 1)
        result = await block(context, statement.body, result);
      return result;
    }
    case "try":
      try {
        return await block(context, statement.body, value);
      } catch (error) {
        if (error instanceof Returned) throw error;
        return block(context, statement.otherwise, fold(value, (error as Error).message));
      }
    case "branch": {
      const taken = await step.branch(statement.name, { even: value % 2 === 0, odd: true });
      return block(context, statement[taken], fold(value, taken));
    }
    case "if":
      return block(context, value % 2 === 0 ? statement.even : statement.odd, value);
    case "throw":
      throw new NonRetriableError(`thrown at ${value}`);
    case "return":
      throw new Returned(value);
  }
}

function several({ key }: Context, name: string, of: number, value: number) {
  return Array.from({ length: of }, (_, index) => ({
    event: WAITED_EVENT,
    match: { key: `${waitKey(key, name, value)}/${index}` },
  }));
}
