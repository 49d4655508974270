/** One event of a stream, as its blocks say it. */
export interface ServerSentEvent {
  readonly event: string;
  /** Null for a block that says nothing but an id. */
  readonly data: string | null;
  /** That of this block. */
  readonly id: string | null;
}

/** Reads `text/event-stream`, in whatever pieces it arrives. Comments and `retry` are passed over. */
export async function* readEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces) {
    const blocks = (rest + decoder.decode(piece, { stream: true })).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const read = readBlock(block);
      if (read.data !== null || read.id !== null) yield read;
    }
  }
}

function readBlock(block: string): ServerSentEvent {
  let event = "message";
  let id: string | null = null;
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("event:")) event = value;
    else if (line.startsWith("data:")) data.push(value);
    else if (line.startsWith("id:")) id = value;
  }
  return { event, data: data.length === 0 ? null : data.join("\n"), id };
}
