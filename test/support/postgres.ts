import { inject } from "vitest";
import type { ServerAddress } from "./server-address.ts";
import { createDatabaseOn, type DatabaseToMake, type TestDatabase } from "./test-server.ts";

export type { TestDatabase } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgres: ServerAddress;
  }
}

/**
 * A database of its own for a test file, a copy of the migrated template:
 *
 *     const database = await createDatabase();
 *     afterAll(() => database.drop());
 *
 * The server runs once per vitest project (global-setup.ts); `DURABLE_TEST_DATABASE=debian` selects the other one.
 */
export function createDatabase(options: DatabaseToMake = {}): Promise<TestDatabase> {
  return createDatabaseOn(inject("postgres"), options);
}

/** The server's own address, for tests that terminate backends or open their own connections. */
export function serverAddress(): ServerAddress {
  return inject("postgres");
}
