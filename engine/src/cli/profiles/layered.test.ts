import { expect, test } from "vitest";
import { layered } from "./layered.ts";

const profile = {
  url: "https://durable.example.com",
  app: "shop",
  env: "prod",
  token: "dk_profile",
  production: true,
};
const OWN = {
  DURABLE_URL: profile.url,
  DURABLE_APP: "shop",
  DURABLE_ENV: "prod",
  DURABLE_API_KEY: "dk_profile",
};
const inUse = { profile, isNamed: false, url: undefined };
const named = { profile, isNamed: true, url: undefined };

test("a profile in use fills in what the environment does not say", () => {
  expect(layered({}, inUse)).toEqual(OWN);
  expect(layered({ DURABLE_APP: "cart", DURABLE_ENV: " " }, inUse)).toEqual({ ...OWN, DURABLE_APP: "cart" });
});

test("a key of the environment goes before its own", () => {
  const { DURABLE_API_KEY: _, ...others } = OWN;
  expect(layered({ DURABLE_ADMIN_TOKEN: "t" }, inUse)).toEqual({ ...others, DURABLE_ADMIN_TOKEN: "t" });
});

test.each([
  ["DURABLE_URL", { DURABLE_URL: "http://localhost:4400" }, undefined],
  ["DURABLE_PORT", { DURABLE_PORT: "4401" }, undefined],
  ["--url", {}, "http://localhost:4400"],
])("it does not count where %s names another engine, so its key goes to no other", (_, environment, url) => {
  expect(layered(environment, { ...inUse, url })).toBeNull();
});

test("the same engine by another spelling is no other", () => {
  expect(layered({ DURABLE_URL: "https://durable.example.com/" }, inUse)).toMatchObject({
    DURABLE_API_KEY: "dk_profile",
  });
});

test("named on the command line it goes before the environment, whose keys are of another engine", () => {
  const environment = {
    PATH: "/bin",
    DURABLE_URL: "http://localhost:4400",
    DURABLE_APP: "cart",
    DURABLE_ADMIN_TOKEN: "t",
    DURABLE_EVENT_KEY: "e",
  };
  expect(layered(environment, named)).toEqual({
    ...OWN,
    PATH: "/bin",
    DURABLE_ADMIN_TOKEN: undefined,
    DURABLE_EVENT_KEY: undefined,
  });
});

test("named beside another --url it says the workspace, and keeps its key to itself", () => {
  expect(layered({ DURABLE_API_KEY: "own" }, { ...named, url: "http://localhost:4400" })).toEqual({
    DURABLE_APP: "shop",
    DURABLE_ENV: "prod",
    DURABLE_API_KEY: "own",
  });
});
