import { expect, test } from "vitest";
import { TailList, type TailPage } from "./tail-list.ts";

/** Numbers from 1 on, three a page. */
function list(count: { most: number }) {
  const asked: (number | null)[] = [];
  const read = async (after: number | null): Promise<TailPage<number>> => {
    asked.push(after);
    const from = (after ?? 0) + 1;
    const items = [from, from + 1, from + 2].filter((number) => number <= count.most);
    return { items, isLast: from + 2 >= count.most };
  };
  return { asked, tail: new TailList(read) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("it is read until it is whole, or has enough", async () => {
  const { tail, asked } = list({ most: 7 });
  tail.start(100);
  await settled();
  expect(tail.state).toMatchObject({ items: [1, 2, 3, 4, 5, 6, 7], isWhole: true, isBusy: false });
  expect(asked).toEqual([null, 3, 6]);
  const short = list({ most: 70 });
  short.tail.start(4);
  await settled();
  expect(short.tail.state).toMatchObject({ items: [1, 2, 3, 4, 5, 6], isWhole: false });
});

test("what has come since is asked for after the last, and what the stream told is not told twice", async () => {
  const count = { most: 2 };
  const { tail, asked } = list(count);
  tail.start(100);
  await settled();
  tail.push([3, 3], (item, last) => item > last);
  tail.push([2], (item, last) => item > last);
  expect(tail.state.items).toEqual([1, 2, 3]);
  count.most = 4;
  tail.more();
  tail.more();
  await settled();
  expect(tail.state.items).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual([null, 3, 4]);
});

test("what the stream tells in the middle of reading is left to the pages", async () => {
  const { tail } = list({ most: 70 });
  tail.start(1);
  await settled();
  tail.push([99], () => true);
  expect(tail.state.items).toEqual([1, 2, 3]);
});

test("a refusal stops it, and asking goes on from there", async () => {
  let fails = true;
  const tail = new TailList<number>(async (after) => {
    if (fails) throw new Error("away");
    return { items: [(after ?? 0) + 1], isLast: true };
  });
  tail.start(10);
  await settled();
  expect(tail.state.error?.message).toBe("away");
  fails = false;
  tail.more();
  await settled();
  expect(tail.state).toMatchObject({ items: [1], error: null, isWhole: true });
});
