import { describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";

describe("the environment", () => {
  test("an engine in production calls public https only, unless it is told more", () => {
    expect(readConfig("production", {}).egress).toEqual({
      allowLoopback: false,
      allowPlainHttp: false,
      allowedNetworks: [],
    });
    const told = { DURABLE_ALLOWED_NETWORKS: "10.20.0.0/16, fd00::/8", DURABLE_ALLOW_PLAIN_HTTP: "true" };
    expect(readConfig("production", told).egress).toMatchObject({
      allowPlainHttp: true,
      allowedNetworks: ["10.20.0.0/16", "fd00::/8"],
    });
  });

  test.each([
    ["DURABLE_ALLOWED_NETWORKS", "10.20.0.0", 'is "10.20.0.0"; allowed is networks as in 10.20.0.0/16'],
    ["DURABLE_ALLOW_PLAIN_HTTP", "yes", 'is "yes"; allowed is true or false'],
    ["DURABLE_LEASE_MS", "5", 'is "5"; allowed is a whole number of milliseconds from 1000 to 600000'],
    ["DURABLE_PORT", "99999", "allowed is a whole number from 0"],
    ["DURABLE_ADMIN_TOKEN", "short", "is 5 characters long; allowed is 32 characters or more"],
    ["DURABLE_DATABASE_URL", "mysql://root:hunter2@db", "is not a Postgres URL; allowed is a URL like"],
  ])("a wrong %s stops the start with what is allowed, and repeats no secret", (name, value, sentence) => {
    const read = () => readConfig("production", { [name]: value });
    expect(read).toThrow(name);
    expect(read).toThrow(sentence);
    expect(read).not.toThrow("hunter2");
  });
});
