import type { ReadTo } from "../store/changes.ts";

// The id of a message in a stream: `<epoch>.<xmin>:<xmax>:<xip>,<xip>`.

const CURSOR = /^([0-9a-f]{8})\.(\d{1,20}:\d{1,20}:(?:\d{1,20}(?:,\d{1,20})*)?)$/;

export function writeCursor({ epoch, snapshot }: ReadTo): string {
  return `${epoch}.${snapshot}`;
}

/** Null for what no stream ever said. */
export function readCursor(text: string): ReadTo | null {
  const found = CURSOR.exec(text);
  return found === null ? null : { epoch: found[1]!, snapshot: found[2]! };
}
