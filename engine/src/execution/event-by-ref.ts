// The event of a run for an app that fetches large values: like a result, and by the same door. It never changes, and
// every dispatch of the run would carry it.

import type { RunHead } from "../store/journals.ts";
import { refOf } from "./memo-entry.ts";

/** What the data of a run's event is asked for by; the ids of results have 32 hex digits. */
export const EVENT_REF = "event";

type Head = Pick<RunHead, "event">;

const known = new WeakMap<Head, string | null>();

/** The event's JSON text with a `ref` in the place of its data; null when that is small. */
export function eventByRef(head: Head): string | null {
  const before = known.get(head);
  if (before !== undefined) return before;
  const text = withRef(head.event);
  known.set(head, text);
  return text;
}

/** `data` is neither the first nor the last member, and within names and ids every quote is escaped. */
function withRef(event: string): string | null {
  const from = event.indexOf(DATA);
  const to = event.lastIndexOf(TIME);
  const ref = refOf(event.slice(from + DATA.length, to));
  if (ref === null) return null;
  const { bytes, sha256 } = ref;
  return `${event.slice(0, from)},"ref":{"id":"${EVENT_REF}","bytes":${bytes},"sha256":"${sha256}"}${event.slice(to)}`;
}

const DATA = ',"data":';
const TIME = ',"time":"';
