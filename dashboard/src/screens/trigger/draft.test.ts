import { expect, test } from "vitest";
import { draftOfText, draftOfValue } from "./draft.ts";

test("a text that is no JSON keeps what it meant before, and says why", () => {
  const draft = draftOfText('{"a": 1', draftOfValue({ a: 0 }));
  expect(draft).toMatchObject({ text: '{"a": 1', value: { a: 0 } });
  expect(draft.flaw).not.toBeNull();
});

test("numbers stay as they were written", () => {
  const draft = draftOfText('{"id":12345678901234567890}', draftOfValue(null));
  expect(JSON.stringify(draft.value)).toBe('{"id":12345678901234567890}');
});

test("nothing typed is null", () => {
  expect(draftOfText(" ", draftOfValue(1))).toEqual({ text: " ", value: null, flaw: null });
});
