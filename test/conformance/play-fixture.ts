import { type KitOptions, type Report, runKit } from "@durable/conformance";
import { DEV_SECRET } from "@durable/protocol/wire";
import { freePort } from "../chaos/free-port.ts";

/** The kit against a fixture in TypeScript, which it starts and stops. */
export async function playFixture(app: string, options: Partial<KitOptions> = {}): Promise<Report> {
  return runKit({
    url: `http://127.0.0.1:${await freePort()}/api/durable`,
    secret: DEV_SECRET,
    listen: { host: "127.0.0.1", port: 0 },
    start: `exec "${process.execPath}" "${app}"`,
    canary: "canary-of-the-test",
    ...options,
  });
}

/** What to look at first when it is not as it should be. */
export function failuresOf({ results }: Report): string[] {
  return results
    .filter(({ status }) => status === "FAILED")
    .map(({ id, flaws }) => [id, ...flaws].join("\n  "));
}
