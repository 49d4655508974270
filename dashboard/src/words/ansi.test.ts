import { expect, test } from "vitest";
import { plainText, readAnsi } from "./ansi.ts";

const said = (text: string) =>
  readAnsi(text).map(({ text, tone, isBold, isDim }) =>
    [text, tone, isBold && "bold", isDim && "dim"].filter(Boolean).join("|"),
  );

test("text without colours is one piece", () => {
  expect(said("charged\t42\nonce")).toEqual(["charged\t42\nonce"]);
});

test.each([
  ["\u001b[31mno\u001b[0m then", ["no|bad", " then"]],
  ["\u001b[1;32mok\u001b[22m still\u001b[39m not", ["ok|good|bold", " still|good", " not"]],
  ["\u001b[90mgrey\u001b[m plain", ["grey|gone", " plain"]],
  ["\u001b[38;5;208morange\u001b[0m", ["orange|bad"]],
  ["\u001b[38;2;20;200;30mgreen\u001b[48;5;1m on red\u001b[0m", ["green on red|good"]],
  ["\u001b[2mfaint", ["faint|dim"]],
])("%j", (text, pieces) => {
  expect(said(text)).toEqual(pieces);
});

test("what moves cursors, names windows or rings is left out", () => {
  const text = "a\u001b[2Jb\u001b]0;title\u0007c\u001b[10;5Hd\re\u0007f\u001bcg\u009b31mh";
  expect(plainText(text)).toBe("abcdefgh");
  expect(
    readAnsi(text)
      .map(({ text }) => text)
      .join(""),
  ).toBe("abcdefgh");
});

test("a sequence that never ends takes nothing with it", () => {
  expect(plainText("a\u001b[31")).toBe("a31");
  expect(plainText("a\u001b]8;;never")).toBe("a8;;never");
});
