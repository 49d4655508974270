/** A signal or a completed token: data is `{"key", "payload"}`. The engine's own, so nobody can send it as an event. */
export const SIGNAL_EVENT = "durable.signal";
