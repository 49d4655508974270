import { type Answer, parseJson } from "@durable/protocol/wire";

const RAW = new Set(["v", "output", "input", "data"]);

export type DecodedAnswer =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly code: string; readonly detail: string };

export function decodeAnswer(body: Uint8Array, expected: { readonly fence: string }): DecodedAnswer {
  const answer = parseJson(body, { raw: RAW, numbers: "any" }) as Answer;
  if (answer.fence !== expected.fence) return { ok: false, code: "wrong-fence", detail: "wrong fence" };
  return { ok: true, answer };
}
