import {
  ANSWER_BYTES_MAX,
  type Answer,
  type Manifest,
  OPS_PER_ANSWER_MAX,
  type Op,
  RawJson,
  writeJson,
} from "@durable/protocol/wire";

/** Whose answer it is: the same in each. */
export type Identity = Pick<Manifest, "manifest" | "deployment">;

const utf8 = new TextEncoder();

export interface EncodedAnswer {
  readonly text: string;
  /** What did not fit. */
  readonly leftOver: readonly Op[];
}

/**
 * An answer that the engine takes. One that is too large would be refused whole and all its steps would run again, for
 * ever; so it brings as many results as fit, and the others go with the turns that follow.
 */
export function encodeAnswer(answer: Answer, identity: Identity): EncodedAnswer {
  if (answer.status !== "continue" || answer.ops.length < 2) {
    return { text: encode(answer, identity), leftOver: [] };
  }
  if (answer.ops.length <= OPS_PER_ANSWER_MAX) {
    const text = encode(answer, identity);
    if (fits(text)) return { text, leftOver: [] };
  }
  const half = Math.ceil(answer.ops.length / 2);
  const first = encodeAnswer({ ...answer, ops: answer.ops.slice(0, half), more: true }, identity);
  return { text: first.text, leftOver: [...first.leftOver, ...answer.ops.slice(half)] };
}

function fits(text: string): boolean {
  return text.length * 3 <= ANSWER_BYTES_MAX || utf8.encode(text).length <= ANSWER_BYTES_MAX;
}

/**
 * An answer as text. The two that come with every step are written by hand, because their values are JSON already and
 * a generic writer would walk through objects made only for it; the rest takes the generic way.
 */
function encode(answer: Answer, { manifest, deployment }: Identity): string {
  const by = deployment === undefined ? "" : `,"deployment":${JSON.stringify(deployment)}`;
  const head = `{"status":"${answer.status}","fence":${JSON.stringify(answer.fence)},"manifest":"${manifest}"${by},"app_ms":${answer.app_ms ?? 0}`;
  if (answer.checkpoint !== undefined) return writeJson({ ...answer, manifest, deployment });
  if (answer.status === "continue" && answer.more === undefined && answer.detour === undefined) {
    return `${head},"ops":${encodeOps(answer.ops)}}`;
  }
  if (answer.status === "done" && answer.ops === undefined) {
    const output = answer.output instanceof RawJson ? `,"output":${answer.output.text}` : "";
    return `${head},"unclaimed":${answer.unclaimed ?? 0}${output}}`;
  }
  return writeJson({ ...answer, manifest, deployment });
}

/** Ops as a JSON array. */
export function encodeOps(ops: readonly Op[]): string {
  return `[${ops.map(encodeOp).join(",")}]`;
}

function encodeOp(op: Op): string {
  if (op.op !== "run" || op.st !== "ok" || op.logs !== undefined) return writeJson(op);
  const value = op.v instanceof RawJson ? `,"v":${op.v.text}` : "";
  const scope = op.scope === undefined ? "" : `,"scope":"${op.scope}"`;
  return `{"op":"run","id":"${op.id}","name":${JSON.stringify(op.name)},"n":${op.n}${scope},"st":"ok"${value}${op.compensate ? ',"compensate":true' : ""},"ms":${op.ms ?? 0}}`;
}
