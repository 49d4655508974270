// Orders, bookings and money.

import { createFunction, NonRetriableError } from "../../../sdk-ts/src/index.ts";
import { callOutside, flaky, outside, type RealisticProgram, say } from "./realistic-program.ts";

const order = createFunction({
  id: "order",
  handler: async ({ event, step }) => {
    const { items } = event.data as { items: number[] };
    const total = await step.run("add up", () => items.reduce((sum, price) => sum + price, 0));
    await step.run("charge", callOutside("charged"));
    await step.sleep("packing", "2h");
    await step.sendEvent("tell", { name: "order.shipped", data: { total } });
    return total;
  },
});

const bookingSaga = createFunction({
  id: "booking-saga",
  handler: async ({ step }) => {
    for (const what of ["flight", "hotel"])
      await step.run(what, callOutside(what), {
        compensate: (_, { idempotencyKey }) => void outside.add(idempotencyKey),
      });
    await step.run("car", () => {
      throw new NonRetriableError("no car is left");
    });
  },
});

const caughtSaga = createFunction({
  id: "caught-saga",
  handler: async ({ step }) => {
    const compensate = () => {
      throw new Error("nothing is undone in a run that completes");
    };
    await step.run("seat", callOutside("12A"), { compensate });
    return step
      .run("meal", () => {
        throw new NonRetriableError("no meal");
      })
      .catch((error: Error) => error.message);
  },
});

const payment = createFunction({
  id: "payment",
  retry: { max: 3, backoff: ["1m", "1h"] },
  handler: async ({ step }) => {
    const id = await step.run("authorize", flaky("auth"));
    await step.run("capture", callOutside(id));
    return step.run("receipt", flaky(`receipt for ${id}`));
  },
});

const refund = createFunction({
  id: "refund",
  handler: async ({ step }) => {
    const decision = await step.waitForApproval("sign off", { timeout: "7d" });
    if (!decision?.approved) return "kept";
    return step.run("pay back", callOutside("paid back"));
  },
});

const invoice = createFunction({
  id: "invoice",
  handler: async ({ step }) => {
    await step.run("send", callOutside("sent"));
    for (const week of [1, 2]) {
      const paid = await step.waitForEvent("paid", { event: "invoice.paid", timeout: "7d" });
      if (paid !== null) return `paid in week ${week}`;
      await step.run("remind", callOutside(week));
    }
    return "to court";
  },
});

const paidInvoice = createFunction({ id: "paid-invoice", handler: invoice.options.handler });

const subscription = createFunction({
  id: "subscription",
  handler: async ({ step }) => {
    let paid = 0;
    for (let month = 0; month < 3; month += 1) {
      paid += await step.run("charge", callOutside(10));
      step.setState({ paid });
      await step.sleep("month", "30d");
    }
    return paid;
  },
});

const cheapest = createFunction({
  id: "cheapest-offer",
  handler: async ({ step }) => {
    const offers = await step.parallel(
      [30, 10, 20].map((price) => (s) => s.run("ask", () => price)),
      { fanOut: true },
    );
    return step.run("buy", callOutside(Math.min(...offers)));
  },
});

const cart = createFunction({
  id: "abandoned-cart",
  handler: async ({ step }) => {
    const first = await step.race({
      bought: (s) => s.waitForEvent("bought", { event: "cart.bought", timeout: "30d" }),
      silence: (s) => s.sleep("silence", "1d"),
    });
    if (first.branch === "bought") return "bought";
    return step.run("write", callOutside("come back"));
  },
});

export const shop: readonly RealisticProgram[] = [
  { fn: order, data: { items: [1, 2, 3] }, outside: 1 },
  { fn: bookingSaga, ends: "failed", outside: 4 },
  { fn: caughtSaga, outside: 1 },
  { fn: payment, outside: 1 },
  { fn: refund, drive: (run) => run.approve("sign off", { by: "ann" }), outside: 1 },
  { fn: invoice, outside: 3 },
  { fn: paidInvoice, drive: say("invoice.paid"), outside: 1 },
  { fn: subscription, outside: 3 },
  { fn: cheapest, outside: 1 },
  { fn: cart, outside: 1 },
];
