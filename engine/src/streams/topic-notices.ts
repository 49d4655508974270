import type { Change } from "../store/changes.ts";
import { writePatch } from "./message.ts";
import type { StreamClient } from "./stream-client.ts";
import { NOTICES, type Notice } from "./topics.ts";

/** `schedules`, `limits` and so on: that something of them has changed, each once. Who shows it reads it again. */
export function tellNotices(clients: readonly StreamClient[], changes: readonly Change[], rev: number): void {
  for (const topic of Object.keys(NOTICES) as Notice[]) {
    const kind = NOTICES[topic];
    const ids = new Set(changes.filter((change) => change.kind === kind).map(({ subject }) => subject));
    for (const id of ids) {
      const text = writePatch({ topic, kind, id, rev, patch: null });
      for (const client of clients) if (client.topics.notices.has(topic)) client.outbox.tell(text);
    }
  }
}
