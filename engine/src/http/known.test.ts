import { expect, test } from "vitest";
import { Known } from "./known.ts";

const patch = (topic: string, kind: "run" | "log", id: string, members: object = {}) => ({
  topic,
  kind,
  id,
  rev: 1,
  patch: { ...members },
});

test("who comes back asks for the steps and lines after those that it knows", () => {
  const known = new Known(["runs", "run:a@2", "logs:a", "logs:b@7"]);
  expect(known.topics()).toBe("runs,run:a@2,logs:a,logs:b@7");
  known.isNews(patch("run:a", "run", "a", { steps: [{ seq: 5 }, { seq: null }, { seq: 4 }] }));
  known.isNews(patch("run:a", "run", "a", { steps: [] }));
  known.isNews(patch("logs:a", "log", "31"));
  expect(known.topics()).toBe("runs,run:a@5,logs:a@31,logs:b@7");
});

test("a line that is told again is no news, whoever follows which runs", () => {
  const known = new Known(["logs"]);
  const news = [
    ["a", "9"],
    ["b", "8"],
    ["a", "9"],
    ["a", "10"],
    ["b", "8"],
  ].map(([run, line]) => known.isNews(patch(`logs:${run}`, "log", line!)));
  expect(news).toEqual([true, true, false, true, false]);
  expect(known.topics()).toBe("logs");
});
