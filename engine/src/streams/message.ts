import { writeJson } from "@durable/protocol/wire";

/** What has changed, as it is now. */
export interface Patch {
  readonly topic: string;
  /** run | log | counters | schedule | skip | limit | pause | input | deployment. */
  readonly kind: string;
  /** Null where the workspace has only one, or it does not matter which. */
  readonly id: string | null;
  /** Of two patches of one thing that with the higher is younger. */
  readonly rev: number;
  /** Its members as they are now; null: read it again. */
  readonly patch: object | null;
}

/** In one line, and once, however many hear it: what apps wrote may have line ends between its members. */
export function writePatch(patch: Patch): string {
  return writeLine(patch);
}

export function writeLine(value: object): string {
  return writeJson(value).replaceAll(/[\r\n]/g, " ");
}
