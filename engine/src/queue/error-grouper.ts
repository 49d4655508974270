// Tells the group of each failure, off the commit path. The commit left an obligation; whoever dies here leaves it to the next
// process, and the call that counts takes the obligation away, so a failure is counted once whoever does it.

import type { Failure } from "@durable/protocol/wire";
import { fingerprintOf, placeOf } from "../domain/fingerprint.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { NextRound } from "../runtime/loop.ts";
import { findUngrouped, type Grouped, groupErrors, type Ungrouped } from "../store/ungrouped.ts";
import { type PollingOptions, PollingService } from "./polling-service.ts";

const BATCH = 500;

export class ErrorGrouper extends PollingService<PollingOptions> {
  constructor(options: PollingOptions) {
    super(options, { name: "error-grouper", failed: "grouping errors failed" });
  }

  protected async round(): Promise<NextRound> {
    const { database } = this.options;
    const found = await findUngrouped(database, BATCH);
    if (found.length === 0) return "later";
    await faultPoint("errors.before");
    await groupErrors(database, found.map(grouped));
    return found.length === BATCH ? "again" : "later";
  }
}

function grouped(seen: Ungrouped): Grouped {
  if (seen.failure === null) return { ...seen, fingerprint: null, name: null, message: null, frame: null };
  const failure = JSON.parse(seen.failure) as Failure;
  return {
    ...seen,
    fingerprint: fingerprintOf({ functionId: seen.function_id, failure, step: seen.step }),
    name: failure.name,
    message: failure.message,
    frame: placeOf(failure.frame),
  };
}
