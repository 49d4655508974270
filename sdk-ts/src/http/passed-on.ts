import { isLoopbackAddress } from "../dev-mode.ts";
import type { WireRequest } from "./wire-message.ts";

/**
 * Whether a proxy passes on what came from elsewhere: a proxy on this machine makes it look as if it came from here. Development
 * servers that stand before the app (Next's does) say of what came from this machine that it did.
 */
export function isPassedOn({ header }: Pick<WireRequest, "header">): boolean {
  if (header("forwarded") || header("via")) return true;
  const senders = header("x-forwarded-for")?.split(",") ?? [];
  return senders.some((address) => !isLoopbackAddress(address.trim()));
}
