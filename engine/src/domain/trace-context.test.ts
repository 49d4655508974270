import { expect, test } from "vitest";
import { fenceAfter } from "./checkpoint-fence.ts";
import {
  callerSpanOf,
  dispatchTraceparent,
  isSampled,
  parseTraceparent,
  spanOfDispatch,
  traceIdOf,
} from "./trace-context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

test.each([
  ["as the standard has it", `00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`],
  ["not sampled", `00-${TRACE}-${SPAN}-00`, `00-${TRACE}-${SPAN}-00`],
  ["of its flags only the one that is known", `00-${TRACE}-${SPAN}-03`, `00-${TRACE}-${SPAN}-01`],
  ["white space around it", `  00-${TRACE}-${SPAN}-01\t`, `00-${TRACE}-${SPAN}-01`],
  ["a later version, by what all begin with", `cc-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`],
  ["a later version that says more", `cc-${TRACE}-${SPAN}-01-what-comes`, `00-${TRACE}-${SPAN}-01`],
  ["a later version with more that is not set apart", `cc-${TRACE}-${SPAN}-01x`, null],
  ["version 00 with more", `00-${TRACE}-${SPAN}-01-more`, null],
  ["the version that none has", `ff-${TRACE}-${SPAN}-01`, null],
  ["no trace", `00-${"0".repeat(32)}-${SPAN}-01`, null],
  ["no span", `00-${TRACE}-${"0".repeat(16)}-01`, null],
  ["upper case", `00-${TRACE.toUpperCase()}-${SPAN}-01`, null],
  ["too short", `00-${TRACE.slice(1)}-${SPAN}-01`, null],
  ["two of them", `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, null],
  ["nothing", "", null],
  ["no header", null, null],
])("a traceparent: %s", (_, header, expected) => {
  expect(parseTraceparent(header)).toBe(expected);
});

const runId = "01a1fb0d-085d-7d64-8632-58f65d54eba0";
const fence = "6a1f8c1e-3f7e-4b52-9d3b-0d1c9a7c2f11";

test("a run that nobody gave a trace is one of its own, whoever asks and however often", () => {
  const run = { runId, traceparent: null };
  expect(traceIdOf(run)).toBe("01a1fb0d085d7d64863258f65d54eba0");
  expect(callerSpanOf(run)).toBeNull();
  expect(dispatchTraceparent(run, fence)).toBe("00-01a1fb0d085d7d64863258f65d54eba0-6a1f8c1e3f7e4b52-01");
});

test("a run goes on with the trace that its event came with, and with what was decided of it", () => {
  const run = { runId, traceparent: `00-${TRACE}-${SPAN}-00` };
  expect(traceIdOf(run)).toBe(TRACE);
  expect(callerSpanOf(run)).toBe(SPAN);
  expect(isSampled(run)).toBe(false);
  expect(dispatchTraceparent(run, fence)).toBe(`00-${TRACE}-6a1f8c1e3f7e4b52-00`);
});

test("the checkpoints of a dispatch belong to its span", () => {
  const [first, second] = [fenceAfter(fence, 1), fenceAfter(fence, 2)];
  expect(new Set([fence, first, second]).size).toBe(3);
  expect([first, second].map(spanOfDispatch)).toEqual([spanOfDispatch(fence), spanOfDispatch(fence)]);
});
