// Loaded before an engine: its wall clock is off by what stands in a file, which changes while it runs.
import { readFileSync } from "node:fs";

const RealDate = Date;
let offsetMs = 0;

function look(): void {
  try {
    offsetMs = Number(readFileSync(process.env["DURABLE_TEST_CLOCK"]!, "utf8"));
  } catch {
    // It is being written.
  }
}

globalThis.Date = class extends RealDate {
  constructor(...args: [] | [number]) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }
} as DateConstructor;

look();
setInterval(look, 50).unref();
