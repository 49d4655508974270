// The functions of a small shop: one of each kind of thing that the dashboard has to show.
import { createFunction, NonRetriableError } from "@durable/sdk";

const stamp = createFunction({
  id: "stamp",
  trigger: { event: "stamp.asked" },
  handler: ({ step }) => step.run("press", () => ({ stamp: 85 })),
});

const order = createFunction({
  id: "order",
  trigger: { event: "order.placed" },
  jsonSchema: {
    input: {
      type: "object",
      required: ["orderId", "total"],
      properties: {
        orderId: { type: "string", description: "As the shop writes it on the invoice", minLength: 1 },
        total: { type: "number", minimum: 0 },
        express: { type: "boolean", default: false },
        country: { enum: ["CH", "DE", "FR"] },
        lines: {
          type: "array",
          items: { type: "object", properties: { sku: { type: "string" }, count: { type: "integer" } } },
        },
      },
    },
  },
  handler: async ({ event, step }) => {
    const { orderId } = event.data as { orderId: string };
    const stock = await step.run("reserve-stock", async ({ log }) => {
      log.info(`reserving for ${orderId}`);
      return { reserved: 3, warehouse: "Zurich" };
    });
    await step.sleep("settle", "50ms");
    const [invoice, label] = await Promise.all([
      step.run("make-invoice", () => ({ number: `R-${orderId}`, url: "https://example.com/r.pdf" })),
      step.run("print-label", () => ({ parcel: "9912" })),
    ]);
    const stamped = await step.invoke("stamp", stamp, { input: { parcel: label.parcel } });
    return { stock, invoice, stamped };
  },
});

let shortly = 0;
const charge = createFunction({
  id: "charge",
  trigger: { event: "order.charged" },
  retry: { max: 3, backoff: ["20ms", "20ms"] },
  handler: async ({ event, step }) => {
    const { card } = event.data as { card: string };
    return await step.run("charge-card", () => {
      if (card === "declined") throw new NonRetriableError("The card was declined: insufficient funds");
      if (card === "broken") throw new TypeError("Cannot read properties of undefined (reading 'iban')");
      if (card === "slow" && shortly++ % 2 === 0) throw new Error("The bank did not answer within 2 s");
      return { paid: true };
    });
  },
});

const refund = createFunction({
  id: "refund",
  trigger: { event: "refund.asked" },
  handler: async ({ event, step }) => {
    const decision = await step.waitForApproval("allow", {
      title: `Refund ${(event.data as { amount: number }).amount} CHF?`,
      assignee: "desk",
      timeout: "7d",
    });
    return decision;
  },
});

const pack = createFunction({
  id: "pack",
  trigger: { event: "order.packed" },
  concurrency: { limit: 1, key: "warehouse", unit: "run" },
  handler: async ({ step }) => {
    await step.waitForEvent("picked-up", { event: "parcel.picked-up", timeout: "2d" });
  },
});

const digest = createFunction({
  id: "digest",
  trigger: { event: "page.viewed" },
  debounce: { period: "1h", key: "userId" },
  handler: () => null,
});

const audit = createFunction({
  id: "audit",
  trigger: { event: "order.placed" },
  rateLimit: { limit: 1, period: "1h" },
  handler: () => ({ audited: true }),
});

const nightly = createFunction({
  id: "nightly",
  trigger: { cron: "0 3 * * *", tz: "Europe/Zurich" },
  handler: () => "counted",
});

export const SHOP = [order, stamp, charge, refund, pack, digest, audit, nightly];
