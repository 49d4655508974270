import { onTestFinished, TestRunner } from "vitest";
import { createTestKit, type TestKit, type TestKitOptions } from "../../sdk-ts/src/testing/index.ts";
import { atEndOfFile } from "./end-of-file.ts";
import { serverAddress } from "./postgres.ts";

/** A test kit on the server that all tests share; closed after the test that opened it, or after the file. */
export async function openKit(options: TestKitOptions): Promise<TestKit> {
  const kit = await createTestKit({ postgresUrl: postgresUrl(), ...options });
  const isInTest = TestRunner.getCurrentTest() !== undefined;
  if (isInTest) onTestFinished(() => kit.close());
  else atEndOfFile(() => kit.close());
  return kit;
}

/** Of the server that all tests share. */
export function postgresUrl(): string {
  const { database, host, port, user } = serverAddress();
  return `postgresql:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`;
}
