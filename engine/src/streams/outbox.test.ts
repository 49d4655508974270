import { expect, test } from "vitest";
import { Outbox } from "./outbox.ts";

function opened() {
  let isGone = false;
  const outbox = new Outbox(() => {
    isGone = true;
  });
  const reader = outbox.body.getReader();
  const decoder = new TextDecoder();
  return {
    outbox,
    isGone: () => isGone,
    async read() {
      const { value } = await reader.read();
      return value === undefined ? null : decoder.decode(value);
    },
    hangUp: () => reader.cancel(),
  };
}

test("an id follows what it stands for, and comes only after something", async () => {
  const { outbox, read } = opened();
  outbox.mark("a");
  outbox.tell('{"n":1}');
  outbox.tell('{"n":2}');
  outbox.mark("b");
  outbox.mark("c");
  outbox.end();
  let text = "";
  for (let piece = await read(); piece !== null; piece = await read()) text += piece;
  expect(text).toBe('data: {"n":1}\n\ndata: {"n":2}\n\nid: b\n\n');
});

test("a client that does not read loses what waits for it, hears so, and keeps the id from before", async () => {
  const { outbox, read } = opened();
  outbox.tell('"seen"');
  outbox.mark("seen");
  const large = JSON.stringify("x".repeat(1024 * 1024));
  for (let no = 0; no < 50; no += 1) {
    outbox.tell(large);
    outbox.mark(`lost ${no}`);
  }
  outbox.tell('"last"');
  outbox.end();
  let text = "";
  for (let piece = await read(); piece !== null; piece = await read()) text += piece;
  expect(text.length).toBeLessThan(12 * 1024 * 1024);
  expect(text).toContain('event: reset\ndata: {"topic":null,"reason":"slow"}');
  expect(text.slice(0, text.indexOf("event: reset"))).not.toContain("id: lost 40");
  expect(text).toContain('"last"');
});

test("who hangs up is gone, and nothing is kept for it", async () => {
  const { outbox, hangUp, isGone } = opened();
  await hangUp();
  expect(isGone()).toBe(true);
  outbox.tell("1");
  outbox.beat();
  outbox.end();
});
