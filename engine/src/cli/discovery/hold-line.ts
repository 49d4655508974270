import { connect } from "node:net";

/**
 * Holds a line to a program without asking anything, and tells when the program lets it go: then it has stopped, or was
 * started anew by whoever watches its files. No request, so no line in its log. Some servers end a line that says nothing after
 * a while, which looks the same and costs one question.
 * @returns Lets go of it, without a word.
 */
export function holdLine(url: string, isOver: () => void): () => void {
  const { hostname, port, protocol } = new URL(url);
  const socket = connect(
    Number(port) || (protocol === "https:" ? 443 : 80),
    hostname.replace(/^\[|\]$/g, ""),
  );
  socket.unref();
  // What a server says unasked is of no interest, but has to be read for its end to come.
  socket.resume();
  socket.on("error", () => {});
  let isHeld = false;
  socket.once("connect", () => {
    isHeld = true;
  });
  socket.once("close", () => {
    if (isHeld) isOver();
  });
  return () => {
    isHeld = false;
    socket.destroy();
  };
}
