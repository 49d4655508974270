import { expect, test } from "vitest";
import { bucketMaxMs, percentilesOf } from "./log-buckets.ts";

test("a percentile is the top of the bucket that it falls into", () => {
  expect(percentilesOf(new Map())).toBeNull();
  expect(percentilesOf(new Map([[0, 1]]))).toEqual({ count: 1, p50: 1, p95: 1, p99: 1 });
  const buckets = new Map([
    [40, 4],
    [20, 95],
    [80, 1],
  ]);
  expect(percentilesOf(buckets)).toEqual({ count: 100, p50: 32, p95: 32, p99: 1024 });
  expect(percentilesOf(new Map([...buckets, [80, 3]]))).toMatchObject({ count: 102, p99: 1_048_576 });
});

test("a bucket is 19 % wide", () => {
  expect(bucketMaxMs(41) / bucketMaxMs(40)).toBeCloseTo(1.189, 3);
});
