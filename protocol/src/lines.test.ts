import fc from "fast-check";
import { expect, test } from "vitest";
import { LineCutter, lineOf, signedLine, verifiedLine } from "./lines.ts";
import { parseSecret } from "./secret.ts";

const [key, other] = [1, 2].map((byte) =>
  parseSecret(`whsec_${btoa(String.fromCharCode(byte).repeat(32))}`),
) as [ReturnType<typeof parseSecret>, ReturnType<typeof parseSecret>];
const utf8 = new TextEncoder();
const bytes = (line: string) => utf8.encode(line.slice(0, -1));
const text = (json: Uint8Array | null) => json && new TextDecoder().decode(json);

test("a line is believed with its key, id and number, and not with another of any", () => {
  const line = bytes(signedLine([key], "dsp_1", 7, '{"seq":1}'));
  expect(text(verifiedLine([key], "dsp_1", 7, line))).toBe('{"seq":1}');
  expect(verifiedLine([other], "dsp_1", 7, line)).toBeNull();
  expect(verifiedLine([key], "dsp_2", 7, line)).toBeNull();
  expect(verifiedLine([key], "dsp_1", 8, line)).toBeNull();
  line[line.length - 2]! ^= 1;
  expect(verifiedLine([key], "dsp_1", 7, line)).toBeNull();
});

test("while secrets rotate whoever knows one of them believes it", () => {
  const line = bytes(signedLine([other, key], "dsp_1", 2, "{}"));
  for (const each of [key, other]) expect(text(verifiedLine([each], "dsp_1", 2, line))).toBe("{}");
});

test("the number stands where a message has its time, so one is never taken for the other", () => {
  expect(signedLine([key], "dsp_1", 7, "{}")).toBe(
    `${signedLine([key], "dsp_1", 7, "{}").split(" ")[0]} {}\n`,
  );
});

test.each([
  ["no brace", "v1,AAAA"],
  ["no signature", "{}"],
  ["no space", "v1,AAAA{}"],
  ["nothing", ""],
  ["much before it", `${"v1,A ".repeat(400)}{}`],
])("what is no line: %s", (_, line) => {
  expect(verifiedLine([key], "dsp_1", 1, utf8.encode(line))).toBeNull();
});

test("JSON with line breaks between its tokens is one line and means the same", () => {
  const json = '{\n  "a": [1,\r\n 2],\n"b":"x\\ny"}';
  expect(lineOf(json)).not.toMatch(/[\r\n]/);
  expect(JSON.parse(lineOf(json))).toEqual(JSON.parse(json));
});

test("lines come out as they went in, however they are cut into pieces", () => {
  const line = fc.uint8Array({ maxLength: 20 }).map((each) => each.map((byte) => (byte === 10 ? 11 : byte)));
  fc.assert(
    fc.property(fc.array(line), line, fc.array(fc.integer({ min: 1, max: 9 })), (lines, rest, cuts) => {
      const all = [...lines.flatMap((each) => [...each, 10]), ...rest];
      const cutter = new LineCutter(1_000);
      const out: number[][] = [];
      for (let at = 0, i = 0; at < all.length; i += 1) {
        const size = cuts[i % (cuts.length || 1)] ?? all.length;
        expect(cutter.push(Uint8Array.from(all.slice(at, at + size)), (each) => out.push([...each]))).toBe(
          true,
        );
        at += size;
      }
      expect(out).toEqual(lines.map((each) => [...each]));
      expect([...cutter.rest()]).toEqual([...rest]);
    }),
  );
});

test("a line that is too long is said to be, also before it ends", () => {
  expect(new LineCutter(4).push(utf8.encode("12345\n"), () => {})).toBe(false);
  expect(new LineCutter(4).push(utf8.encode("1234\n"), () => {})).toBe(true);
  const cutter = new LineCutter(4);
  expect([cutter.push(utf8.encode("123"), () => {}), cutter.push(utf8.encode("45"), () => {})]).toEqual([
    true,
    false,
  ]);
});
