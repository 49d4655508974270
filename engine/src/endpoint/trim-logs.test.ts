import { LOG_TEXT_BYTES_MAX, RawJson } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { trimLogs } from "./trim-logs.ts";

const AT = "2026-01-01T00:00:00.000Z";

test("what an app sends beyond the bounds is cut, for all to see", () => {
  const data = new RawJson(JSON.stringify({ text: '"'.repeat(LOG_TEXT_BYTES_MAX) }));
  const [line] = trimLogs([{ level: "info", message: "é".repeat(LOG_TEXT_BYTES_MAX), data, at: AT }]);
  expect(Buffer.byteLength(line!.message)).toBeLessThanOrEqual(LOG_TEXT_BYTES_MAX);
  expect(line!.message).toMatch(/^é+ \.\.\.$/);
  const { text } = line!.data as RawJson;
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LOG_TEXT_BYTES_MAX);
  expect(JSON.parse(text)).toMatch(/^\{"text":.* \.\.\.$/);
});

test("what is within them stays as it is, to the byte", () => {
  const line = { level: "info" as const, message: "paid", data: new RawJson('{ "n": 1.0 }'), at: AT };
  expect(trimLogs([line])).toEqual([line]);
  expect(trimLogs([{ level: "info", message: "paid", at: AT }])[0]).not.toHaveProperty("data");
});
