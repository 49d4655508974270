import { afterAll } from "vitest";
import { createTestKit, type TestKit, type TestKitOptions } from "../../sdk-ts/src/testing/index.ts";
import { serverAddress } from "./postgres.ts";

/** A test kit on the server that all tests share; closed after the file. */
export async function openKit(options: TestKitOptions): Promise<TestKit> {
  const kit = await createTestKit({ postgresUrl: postgresUrl(), ...options });
  afterAll(() => kit.close());
  return kit;
}

/** Of the server that all tests share. */
export function postgresUrl(): string {
  const { database, host, port, user } = serverAddress();
  return `postgresql:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`;
}
