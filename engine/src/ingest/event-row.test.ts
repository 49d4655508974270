import { expect, test } from "vitest";
import { idsBeside, UUID_RANDOM_BYTES, uuidV7 } from "../domain/ids.ts";
import { toEventRow } from "./event-row.ts";

test("runs of an event stand beside it, however much later they are made, so whoever looks at the event finds them", () => {
  const random = { bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };
  const ports = { clock: { epochMs: () => 1_700_000_600_000.5 }, random };
  const fn = (id: string) => ({
    fn: { id, version: 1, manifest: {}, input: null, limits: [] },
    filters: null,
  });
  const workspace = { workspaceId: 1, pauses: [], listeners: { of: () => [fn("a"), fn("b")] } };
  // Ten minutes ago: a commit that sends it was repeated for as long.
  const id = uuidV7(1_700_000_000_000.25, random.bytes(UUID_RANDOM_BYTES));
  const event = { name: "e", data: "null", clientId: null };
  const { runs } = toEventRow(ports as never, workspace as never, event as never, () => null, id);
  const [first, last] = idsBeside(id);
  expect(runs).toHaveLength(2);
  for (const { runId } of runs) expect(runId >= first && runId <= last).toBe(true);
  expect(runs[0]!.runId).not.toBe(runs[1]!.runId);
});
