import { Argument } from "commander";

export type KeyKind = "event" | "secret";

export function kindArgument(): Argument {
  return new Argument(
    "<kind>",
    "event: a key that can only send events; secret: what signs between engine and app",
  ).choices(["event", "secret"] satisfies KeyKind[]);
}
