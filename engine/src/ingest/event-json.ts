import type { EventSeen } from "../store/event-rows.ts";

/** An event as user code sees it; the same text as `durable.event_json` makes from the stored row. */
export function eventJson(event: EventSeen): string {
  const id = JSON.stringify(event.clientId ?? event.id);
  const time = new Date(event.timeMs).toISOString();
  return `{"id":${id},"name":${JSON.stringify(event.name)},"data":${event.data},"time":"${time}"}`;
}
