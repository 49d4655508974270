import { storeManifest } from "../../engine/src/registry/manifest-store.ts";
import type { Manifest } from "../../protocol/src/messages.ts";
import type { TestDatabase } from "../support/test-server.ts";

/** As a sync of an app does it whose endpoint nobody answers at: what is looked at is what starts. */
export async function storeFunctions(
  database: TestDatabase,
  functions: Manifest["functions"],
): Promise<void> {
  const [row] = await database.sql<{ id: number }[]>`select durable.ensure_workspace('storm', 'dev') as id`;
  const manifest: Manifest = {
    protocol: { min: 1, max: 1 },
    app: "storm",
    sdk: "storm/1",
    capabilities: [],
    max_duration_ms: 60_000,
    manifest: `sha256:${"0".repeat(64)}`,
    functions,
  };
  await storeManifest(database, row!.id, "storm", "http://127.0.0.1:1/api/durable", manifest);
}
