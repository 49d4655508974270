// docs/guides/limits.md, run: its blocks are one file, and its functions keep to what the page says of them.
import { beforeAll, expect, test } from "vitest";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { loadGuide } from "../support/load-guide.ts";

/** How many were under way at most, by what they were called with, and in which order. */
const SERVICES = `
export const most = {};
export const said = [];
const under = {};
/** Stays until so many were in at once: how long that takes is the machine's business. */
async function call(name, word = name, together = 1) {
  said.push(word);
  under[name] = (under[name] ?? 0) + 1;
  most[name] = Math.max(most[name] ?? 0, under[name]);
  const untilMs = performance.now() + 5_000;
  do await new Promise((resolve) => setTimeout(resolve, 50));
  while (most[name] < together && performance.now() < untilMs);
  under[name] -= 1;
}
export const deliver = (to) => call(to, to, to.startsWith("sms") ? 1 : 2);
export const transfer = (account, word) => call(account, account + " " + word);
export const update = (contact) => call("contact " + contact);
export const render = () => call("gpu", "gpu", 3);
`;

interface Told {
  readonly wait: { readonly kind: string; readonly starts_at: string } | null;
}

let kit: TestKit;
let services: { readonly most: Record<string, number>; readonly said: string[] };

beforeAll(async () => {
  const guide = await loadGuide<typeof services>("limits", SERVICES);
  services = guide.services;
  kit = await openKit({ functions: guide.functions });
});

const sendEach = (name: string, list: readonly unknown[]) =>
  kit.send(list.map((data) => ({ name, data }) as { name: string; data: never }));

test("two at a time for every tenant", async () => {
  await sendEach(
    "mail.requested",
    ["a", "b", "a", "a", "b", "a", "b"].map((tenantId) => ({ tenantId })),
  );
  await kit.settled();
  expect(services.most).toMatchObject({ a: 2, b: 2 });
});

test("runs of an account do not overlap, although they sleep", async () => {
  await sendEach(
    "payout.requested",
    ["x", "x", "y"].map((account) => ({ account })),
  );
  await kit.advance("17h");
  expect(services.said.filter((word) => word.startsWith("x"))).toEqual([
    "x reserved",
    "x paid",
    "x reserved",
    "x paid",
  ]);
  expect(services.said).toContain("y paid");
});

test("a list holds as a whole, and an event without the key leaves a skip", async () => {
  const contacts = [1, 1, 2, 2, 1].map((contact) => ({ region: "eu", contact: String(contact) }));
  const { runs } = await sendEach("contact.changed", contacts);
  await kit.settled();
  for (const run of runs) expect(await run.status()).toBe("completed");
  expect(services.most).toMatchObject({ "contact 1": 1, "contact 2": 1 });
  const without = await sendEach("contact.changed", [{ region: "eu" }]);
  expect(without.runs).toEqual([]);
  const skips = await fetch(`${kit.url}/v1/apps/test/dev/skips`).then((answer) => answer.json());
  expect(skips).toMatchObject({ skips: [{ function: "crm", reason: "limit" }] });
});

test("functions that declare the same key share its places", async () => {
  await sendEach("video.uploaded", [1, 2, 3, 4]);
  await kit.settled();
  expect(services.most["gpu"]).toBe(3);
});

test("starts are spread, after a burst, and cost what their units say", async () => {
  const began = (await kit.now()).getTime();
  const { runs } = await sendEach(
    "sms.requested",
    [1, 1, 1, 3, 1].map((parts, no) => ({ to: `sms ${no}`, parts })),
  );
  const startedAt = async () => {
    const states = await Promise.all(runs.map((run) => run.status()));
    return states.filter((status) => status === "completed").length;
  };
  await kit.settled();
  const states = (await Promise.all(runs.map((run) => run.state()))) as unknown as Told[];
  const told = states.flatMap(({ wait }) => (wait?.kind === "throttle" ? wait.starts_at : []));
  expect(told.map((at) => Math.round((Date.parse(at) - began) / 60_000))).toEqual([1, 3, 5]);
  const minutes: number[] = [];
  for (let done = 0, minute = 0; minute <= 10; minute += 1) {
    await kit.settled();
    for (const now = await startedAt(); done < now; done += 1) minutes.push(minute);
    await kit.advance("1m");
  }
  expect(minutes).toEqual([0, 0, 1, 3, 5]);
});

test("a tenant with a few jobs is done long before one with many that came first", async () => {
  const plan = "basic";
  await sendEach(
    "report.requested",
    Array.from({ length: 60 }, () => ({ tenantId: "hog", plan })),
  );
  await sendEach(
    "report.requested",
    Array.from({ length: 5 }, () => ({ tenantId: "tiny", plan })),
  );
  await kit.settled();
  const reports = services.said.filter((word) => word === "hog" || word === "tiny");
  expect(reports).toHaveLength(65);
  // The ten that were in, and one of the other for each of its own.
  expect(reports.lastIndexOf("tiny")).toBeLessThan(40);
});

test("a priority that cannot be told leaves a skip, and one that can starts the run", async () => {
  const { runs } = await sendEach("invoice.due", [{ account: "p1", plan: "enterprise" }]);
  await kit.settled();
  expect(await runs[0]!.status()).toBe("completed");
  const without = await sendEach("invoice.due", [{ account: "p2" }]);
  expect(without.runs).toEqual([]);
  const skips = await fetch(`${kit.url}/v1/apps/test/dev/skips?function=invoice`).then((answer) =>
    answer.json(),
  );
  expect(skips).toMatchObject({ skips: [{ function: "invoice", reason: "limit" }] });
});
