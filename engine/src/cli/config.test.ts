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

  test("a collector is named as OpenTelemetry does it, and nothing is told where none is", () => {
    const telemetry = (variables: Record<string, string>) => readConfig("production", variables).telemetry;
    expect(telemetry({ OTEL_SERVICE_NAME: "durable-prod" })).toBeNull();
    expect(telemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" })).toEqual({
      url: "http://collector:4318/v1/traces",
      headers: {},
      serviceName: "durable",
    });
    const named = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example/in?for=durable",
      OTEL_EXPORTER_OTLP_HEADERS: "Api-Key=a%20b%2Cc, x-tenant = shop",
      OTEL_SERVICE_NAME: "durable-prod",
    };
    expect(telemetry(named)).toEqual({
      url: "https://traces.example/in?for=durable",
      headers: { "api-key": "a b,c", "x-tenant": "shop" },
      serviceName: "durable-prod",
    });
  });

  test.each([
    ["DURABLE_ALLOWED_NETWORKS", "10.20.0.0", 'is "10.20.0.0"; allowed is networks as in 10.20.0.0/16'],
    ["DURABLE_ALLOW_PLAIN_HTTP", "yes", 'is "yes"; allowed is true or false'],
    ["DURABLE_LEASE_MS", "5", 'is "5"; allowed is a whole number of milliseconds from 1000 to 600000'],
    ["DURABLE_PORT", "99999", "allowed is a whole number from 0"],
    ["DURABLE_ADMIN_TOKEN", "short", "is 5 characters long; allowed is 32 characters or more"],
    [
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "collector:4318/hunter2",
      "is not such a URL; allowed is an http or https URL",
    ],
    ["OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "is 7 characters long; allowed is headers as in"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "key=%zz", "is 7 characters long; allowed is headers as in"],
    ["DURABLE_DATABASE_URL", "mysql://root:hunter2@db", "is not a Postgres URL; allowed is a URL like"],
  ])("a wrong %s stops the start with what is allowed, and repeats no secret", (name, value, sentence) => {
    const read = () => readConfig("production", { [name]: value });
    expect(read).toThrow(name);
    expect(read).toThrow(sentence);
    expect(read).not.toThrow("hunter2");
  });
});
