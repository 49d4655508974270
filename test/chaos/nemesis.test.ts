import { expect, test } from "vitest";
import type { Cluster } from "./cluster.ts";
import { Findings } from "./findings.ts";
import { rage } from "./nemesis.ts";
import { Random } from "./random.ts";
import { Tally } from "./tally.ts";

const FAULT_MS_MAX = 30;

test("a fault that cannot be done, as when no engine is ever up, is a finding and does not go on for ever", async () => {
  const never = () => new Promise<never>(() => {});
  const wire = { disturb: () => {}, heal: () => {} };
  const cluster = {
    engines: [{ slot: { isUp: false }, door: wire, database: wire }],
    apps: [{ slot: { untilReady: never }, wire }],
    shops: [],
    restartPostgres: never,
    admin: { sql: { unsafe: never } },
  } as unknown as Cluster;
  const findings = new Findings();
  const over = new AbortController();
  const raging = rage(
    { cluster, random: new Random("rage"), tally: new Tally(1), findings },
    1,
    over.signal,
    FAULT_MS_MAX,
  );
  await expect.poll(() => findings.all).toContain('"engine killed" did not come to its end within 0.03 s');
  await expect.poll(() => findings.all).toContain('"app killed" did not come to its end within 0.03 s');
  over.abort();
  await raging;
});
