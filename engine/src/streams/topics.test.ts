import { expect, test } from "vitest";
import { parseTopics } from "./topics.ts";

const RUN = "01a22431-f0ad-754e-917f-2f8940fc4304";

test("topics are read by name, with where to begin", () => {
  expect(parseTopics(`runs, counters,run:${RUN.toUpperCase()}@7,logs:${RUN}@12,limits`)).toEqual({
    runs: true,
    counters: true,
    logs: false,
    notices: new Set(["limits"]),
    ofRun: new Map([[RUN, 7]]),
    logsOf: new Map([[RUN, "12"]]),
    watched: null,
  });
});

test.each([
  "",
  "run",
  "rnus",
  "run:1",
  `run:${RUN}@`,
  `run:${RUN}@x`,
  `logs:${RUN}@-1`,
  "limits:1",
  "constructor",
])("%j is none", (text) => {
  expect(parseTopics(text)).toMatch(/is no topic/);
});

test("there are no more than a hundred", () => {
  expect(parseTopics(Array(101).fill("runs").join(","))).toMatch(/at most 100/);
});
