import { closeCircuit, endProbe, listCircuits, releaseParked } from "../../engine/src/store/circuits.ts";
import type { Database } from "../../engine/src/store/database.ts";

/** The app answers again, and all jobs that waited for it have gone back, so many at a time. */
export async function closeCircuitOf(database: Database, workspaceId: number, piece: number): Promise<void> {
  await endProbe(database, workspaceId, null);
  await closeCircuit(database, workspaceId);
  while ((await listCircuits(database)).length > 0) await releaseParked(database, workspaceId, piece);
}
