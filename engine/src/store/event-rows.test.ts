import { expect, test } from "vitest";
import { type EventRow, EventRows } from "./event-rows.ts";

const row = (workspaceId: number) => ({ workspaceId, runs: [], skips: [] }) as unknown as EventRow;

test("of rows that were matched at several versions of a workspace the oldest is held against the database", () => {
  const rows = new EventRows();
  rows.add(row(1), 1, 7);
  rows.add(row(1), 2, 8);
  rows.add(row(2), 2, 3);
  const group = new EventRows();
  group.append(rows, 1);
  const older = new EventRows();
  older.add(row(2), 0, 2);
  group.append(older, 2);
  expect(group.registry).toEqual([
    [1, 7],
    [2, 2],
  ]);
});
