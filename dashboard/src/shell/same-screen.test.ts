import { expect, test } from "vitest";
import { addressIn, nextEnvironment } from "./same-screen.ts";

test.each([
  ["/shop/dev", "/shop/prod"],
  ["/shop/dev/runs", "/shop/prod/runs"],
  ["/shop/dev/runs/01a2", "/shop/prod/runs"],
  ["/shop/dev/functions/pay/trigger", "/shop/prod/functions"],
  ["/shop/dev/compare", "/shop/prod"],
])("%s is %s in another environment", (from, to) => {
  expect(addressIn(from, "shop", "prod")).toBe(to);
});

test("environments of one app come one after another", () => {
  const all = [
    { app: "shop", environment: "dev" },
    { app: "bank", environment: "dev" },
    { app: "shop", environment: "prod" },
  ];
  expect(nextEnvironment(all, "shop", "dev")).toBe("prod");
  expect(nextEnvironment(all, "shop", "prod")).toBe("dev");
  expect(nextEnvironment(all, "bank", "dev")).toBeNull();
});
