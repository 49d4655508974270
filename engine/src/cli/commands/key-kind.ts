import { Argument } from "commander";

export type KeyKind = "event" | "api" | "secret";

export function kindArgument(): Argument {
  return new Argument(
    "<kind>",
    "event: a key that can only send events; api: a key for the API; secret: what signs between engine and app",
  ).choices(["event", "api", "secret"] satisfies KeyKind[]);
}
