import type { IncomingMessage, ServerResponse } from "node:http";
import { Problem } from "../../domain/problems.ts";

/**
 * The body, or a problem as soon as it is too long: what comes after that is not read, and the connection, which
 * has it in its way, is closed.
 */
export function readBody(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  maxBytes: number,
): Promise<Uint8Array> {
  if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  if (incoming.headers.expect !== undefined) outgoing.writeContinue();
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const onData = (piece: Uint8Array) => {
      bytes += piece.length;
      if (bytes <= maxBytes) return void pieces.push(piece);
      settle();
      reject(tooLarge(maxBytes));
    };
    const onEnd = () => {
      settle();
      resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, bytes));
    };
    const onGone = () => {
      settle();
      reject(new Problem("request-timeout", "The connection ended before the body was complete."));
    };
    const settle = () => {
      incoming.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
    };
    incoming.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
  });
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(
    "payload-too-large",
    `The body may have at most ${maxBytes} bytes here. Send less at once, or a reference to large data.`,
    { headers: { connection: "close" } },
  );
}
