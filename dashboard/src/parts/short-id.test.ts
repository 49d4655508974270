import { expect, test } from "vitest";
import { shortId } from "./short-id.ts";

test("of a UUID its end, which tells neighbours apart", () => {
  expect(shortId("0199f3c2-8e5b-7a10-9d2f-4b6c8e0f1a2b")).toBe("8e0f1a2b");
});

test("a sender's own id as it is, without its middle when it is long", () => {
  expect(shortId("order-42")).toBe("order-42");
  expect(shortId("https://shop.example.com/orders/2026/000042")).toBe("https://shop…6/000042");
});
