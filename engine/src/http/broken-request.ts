import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Problem } from "../domain/problems.ts";
import { problemBytes } from "./answer.ts";

interface BrokenRequest extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/**
 * For what Node's parser refuses, and for requests that come too slowly: there is no request to answer, only a
 * socket. It is closed after the answer, for nobody knows where the next request would begin.
 *
 * @param pending The answer to an earlier request on this socket that was complete: it goes out first, or its sender
 * would take our refusal for it.
 */
export function answerBrokenRequest(
  error: BrokenRequest,
  socket: Duplex,
  pending: ServerResponse | null,
  requestId: string,
): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const refuse = () => {
    if (!socket.writable) return void socket.destroy();
    const { problem, reason } = read(error);
    socket.end(problemBytes(problem, reason, requestId), () => socket.destroy());
  };
  if (pending === null || !pending.req.complete) refuse();
  else if (pending.writableFinished) refuse();
  else pending.once("close", refuse);
}

function read(error: BrokenRequest): { problem: Problem; reason: string } {
  switch (error.code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return {
        problem: new Problem(
          "request-timeout",
          "The request was not complete in time. Send it again, faster.",
        ),
        reason: "Request Timeout",
      };
    case "HPE_HEADER_OVERFLOW":
      return isRequestLineTooLong(error.rawPacket)
        ? {
            problem: new Problem("uri-too-long", "The URL is too long. Put data into the body."),
            reason: "URI Too Long",
          }
        : {
            problem: new Problem(
              "headers-too-large",
              "The headers are too large. Send fewer or shorter ones.",
            ),
            reason: "Request Header Fields Too Large",
          };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return {
        problem: new Problem("payload-too-large", "The chunk extensions are too large. Send none."),
        reason: "Content Too Large",
      };
    default:
      return {
        problem: new Problem(
          "malformed-request",
          "What arrived is not HTTP/1.1, or it says two things about its length.",
        ),
        reason: "Bad Request",
      };
  }
}

/** The line never ended within what the parser was willing to read. */
function isRequestLineTooLong(packet: Buffer | undefined): boolean {
  return packet !== undefined && /^[A-Z]+ \S{8000}/.test(packet.toString("latin1", 0, 9_000));
}
