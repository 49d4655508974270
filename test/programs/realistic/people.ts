// Approvals, mails and messages.

import { createFunction, NonRetriableError } from "../../../sdk-ts/src/index.ts";
import { callOutside, flaky, type RealisticProgram, say } from "./realistic-program.ts";

const approval = createFunction({
  id: "approval",
  handler: async ({ step }) => {
    const first = await step.waitForApproval("boss", { timeout: "1d" });
    return first?.approved ? step.run("publish", callOutside("published")) : "rejected";
  },
});

const silentApproval = createFunction({ id: "silent-approval", handler: approval.options.handler });

const form = createFunction({
  id: "form",
  handler: async ({ step }) => {
    const answer = await step.waitForInput<number>("size", { timeout: "1d" });
    return step.run("order", callOutside(answer?.value));
  },
});

const drip = createFunction({
  id: "drip-campaign",
  handler: async ({ step }) => {
    for (const mail of ["welcome", "tips", "offer"]) {
      await step.run(mail, callOutside(mail));
      await step.sleep("pause", "3d");
    }
  },
});

const onboarding = createFunction({
  id: "onboarding",
  handler: async ({ step }) => {
    await step.run("account", callOutside("account"));
    const all = await step.waitForAll("done", [{ event: "profile.filled" }, { event: "mail.confirmed" }]);
    return all?.map(({ name }) => name);
  },
});

const poll = createFunction({
  id: "opinion-poll",
  handler: async ({ step }) => {
    const events = { yes: { event: "poll.yes" }, no: { event: "poll.no" } };
    const first = await step.waitForAny("vote", events, { timeout: "1d" });
    const taken = await step.branch("result", { yes: first?.key === "yes", no: true });
    return step.run("count", () => taken);
  },
});

const reminder = createFunction({
  id: "reminder",
  handler: async ({ step }) => {
    const until = await step.run("plan", () => "2020-01-01T00:00:00Z");
    await step.sleepUntil("then", until);
    return step.run("remind", callOutside(until));
  },
});

const chat = createFunction({
  id: "chat",
  handler: async ({ step }) => {
    await step.run("ask", flaky("how are you?"));
    return step.waitForSignal("answer", { timeout: "1h" });
  },
});

const escalation = createFunction({
  id: "escalation",
  handler: async ({ step }) => {
    for (const who of ["on call", "lead", "boss"]) {
      await step.run("page", callOutside(who));
      const got = await step.waitForEvent("acknowledged", { event: "page.acknowledged", timeout: "10m" });
      if (got !== null) return who;
    }
    throw new NonRetriableError("nobody is there");
  },
  onFailure: ({ step, error }) => step.run("wake everybody", callOutside(error.message)),
});

const digest = createFunction({
  id: "digest",
  handler: async ({ step }) => {
    const parts = await Promise.all([
      step.run("news", () => "news"),
      step.run("weather", flaky("weather")),
      step.run("sport", () => "sport").catch(() => ""),
    ]);
    return step.run("mail", callOutside(parts.join(", ")));
  },
});

export const people: readonly RealisticProgram[] = [
  { fn: approval, drive: (run) => run.approve("boss", { by: "ann" }), outside: 1 },
  { fn: silentApproval },
  { fn: form, drive: (run) => run.answer("size", 5, { by: "ann" }), outside: 1 },
  { fn: drip, outside: 3 },
  {
    fn: onboarding,
    drive: (_, kit) => kit.send([{ name: "mail.confirmed" }, { name: "profile.filled" }]),
    outside: 1,
  },
  { fn: poll, drive: say("poll.yes") },
  { fn: reminder, outside: 1 },
  { fn: chat },
  { fn: escalation, ends: "failed", outside: 4 },
  { fn: digest, outside: 1 },
];
