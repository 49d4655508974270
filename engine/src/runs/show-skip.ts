import { RawJson } from "@durable/protocol/wire";
import type { SkipListed } from "../store/skips.ts";

/** A skip as the API shows it. */
export function showSkip(skip: SkipListed) {
  return { ...skip, facts: skip.facts === null ? null : new RawJson(skip.facts) };
}
