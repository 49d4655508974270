import { describe, expect, test } from "vitest";
import { Group } from "./group.ts";

/** A group whose calls end when told to. */
function heldGroup(limits: { items?: number; bytes?: number; besideBytes?: number } = {}) {
  const calls: { items: number[]; end: (error?: Error) => void }[] = [];
  const group = new Group<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) =>
          error === undefined ? resolve(items.map((item) => item * 2)) : reject(error);
        calls.push({ items, end });
      }),
    { items: 10, bytes: 100, bytesOf: (item) => item, ...limits },
  );
  return { group, calls, made: () => calls.map(({ items }) => items) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("group", () => {
  test("items of one turn leave together, those that come meanwhile in the next call", async () => {
    const { group, calls, made } = heldGroup();
    const first = [group.add(1), group.add(2)];
    await turn();
    const later = [group.add(3), group.add(4)];
    await turn();
    expect(made()).toEqual([[1, 2]]);
    calls[0]!.end();
    expect(await Promise.all(first)).toEqual([2, 4]);
    await turn();
    expect(made()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    calls[1]!.end();
    expect(await Promise.all(later)).toEqual([6, 8]);
    await group.idle();
    expect(group.count).toEqual({ calls: 2, items: 4 });
  });

  test("after one that came alone, the next leaves at once; after company, it waits for this turn", async () => {
    const { group, calls, made } = heldGroup();
    const first = group.add(1);
    await turn();
    calls[0]!.end();
    await first;
    const second = group.add(2);
    await Promise.resolve();
    expect(made()).toEqual([[1], [2]]);
    const company = [group.add(3), group.add(4)];
    calls[1]!.end();
    await second;
    await turn();
    calls[2]!.end();
    await Promise.all(company);
    const last = group.add(5);
    await Promise.resolve();
    expect(made()).toEqual([[1], [2], [3, 4]]);
    await turn();
    calls[3]!.end();
    expect(await last).toBe(10);
  });

  test("a call has no more items and bytes than it may; a larger item goes alone", async () => {
    const { group, calls, made } = heldGroup({ items: 2 });
    const all = [60, 50, 1, 2, 3, 200].map((item) => group.add(item));
    for (let n = 0; n < 5; n += 1) {
      await turn();
      calls[n]?.end();
    }
    await Promise.all(all);
    expect(made()).toEqual([[60], [50, 1], [2, 3], [200]]);
  });

  test("a call that fails fails its items only", async () => {
    const { group, calls } = heldGroup();
    const first = group.add(1);
    await turn();
    const second = group.add(2);
    calls[0]!.end(new Error("down"));
    await expect(first).rejects.toThrow("down");
    await turn();
    calls[1]!.end();
    expect(await second).toBe(4);
    await group.idle();
  });

  test("a second call starts beside the first when enough waits, and never a third", async () => {
    const { group, calls, made } = heldGroup({ besideBytes: 10 });
    const all = [group.add(1)];
    await turn();
    all.push(group.add(4), group.add(5));
    await turn();
    expect(made()).toEqual([[1]]);
    all.push(group.add(6));
    await turn();
    expect(made()).toEqual([[1], [4, 5, 6]]);
    all.push(group.add(50));
    await turn();
    expect(made()).toHaveLength(2);
    calls[1]!.end();
    await turn();
    expect(made()).toEqual([[1], [4, 5, 6], [50]]);
    let isIdle = false;
    const idle = group.idle().then(() => {
      isIdle = true;
    });
    calls[2]!.end();
    await turn();
    expect(isIdle).toBe(false);
    calls[0]!.end();
    await idle;
    expect(await Promise.all(all)).toEqual([2, 8, 10, 12, 100]);
  });
});
