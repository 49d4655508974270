import { deepEqual, match, ok } from "node:assert/strict";
import type { MainJob } from "./main-job.ts";

/** All five kinds, in the README's order. A sleep until an instant is a sleep on the wire. */
const STEPS = [
  ["run", "load-user"],
  ["sleep", "cooldown"],
  ["sleep", "trial-begins"],
  ["wait", "approve"],
  ["run", "send-email"],
  ["send", "announce"],
];

/** Throws unless the README's function did, once each, all that it says. */
export function expectMainJob({ run, appSaid }: MainJob): void {
  deepEqual(
    { status: run.status, output: run.output },
    { status: "completed", output: { approved: true } },
    run.why,
  );
  deepEqual(
    run.steps.map(({ op, name }) => [op, name]),
    STEPS,
  );
  for (const { name, status, attempt } of run.steps)
    deepEqual({ name, status, attempt }, { name, status: "ok", attempt: 1 });

  const [user, cooldown, trial, approval, , announced] = run.steps;
  const { trialBegins } = user!.value as { trialBegins: string };
  deepEqual(trial!.due_at ?? trialBegins, trialBegins);
  ok(Date.parse(trial!.settled_at!) >= Date.parse(trialBegins), "a sleep ended early");
  ok(Date.parse(cooldown!.settled_at!) - Date.parse(user!.settled_at!) >= 2_000, "a sleep ended early");
  deepEqual((approval!.value as { data: unknown }).data, { userId: 1 });
  ok(Array.isArray(announced!.value) && announced!.value.length === 1, "one event was sent");

  const welcomes = appSaid.match(/^Welcome, .*$/gm) ?? [];
  deepEqual(welcomes.length, 1, `send-email ran ${welcomes.length} times`);
  match(welcomes[0]!, /^Welcome, user-1@example\.com! \(key \S+\/\S+\)$/);
}
