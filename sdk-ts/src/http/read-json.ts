import { decodeUtf8, JsonProblem, jsonLimitProblem, UNSUPPORTED } from "@durable/protocol/wire";

// What user code will see must be ordinary objects, as JSON.parse makes them, and what comes in must be read strictly.
// So JSON.parse says what is JSON, and a look at the same text refuses what a strict reader refuses beside.

const utf8 = new TextEncoder();
const LONE_SURROGATE = /\p{Cs}/u;

/** @throws JsonProblem with the code of the strict reader, which is `parseJson`. */
export function readJson(body: Uint8Array | string): unknown {
  const text = typeof body === "string" ? body : decodeUtf8(body);
  const refuse = (code: JsonProblem["code"], sentence: string, at: number, pointer = ""): never => {
    throw new JsonProblem(code, sentence, utf8.encode(text.slice(0, at)).length, pointer);
  };
  if (text.startsWith("\ufeff")) {
    refuse("invalid-encoding", "The body begins with a byte order mark; send UTF-8 without one.", 0);
  }
  // Text of bytes has none; a framework may hand in any text.
  if (typeof body === "string" && LONE_SURROGATE.test(text)) {
    refuse("unsupported-character", UNSUPPORTED.half, text.search(LONE_SURROGATE));
  }
  try {
    const problem = jsonLimitProblem(text);
    if (problem !== null) refuse(problem.code, problem.sentence, problem.at, problem.pointer);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof JsonProblem) throw error;
    const nul = text.indexOf("\0");
    if (nul >= 0) refuse("unsupported-character", UNSUPPORTED.nul, nul);
    return refuse("malformed-json", "The body is not JSON.", placeOf(error, text));
  }
}

/** Where JSON.parse came to a stop, where the runtime says so. What it says beside may repeat the body. */
function placeOf(error: unknown, text: string): number {
  const place = / position (\d+)/.exec((error as Error).message)?.[1];
  return place === undefined ? text.length : Number(place);
}
