import { createFunction } from "@durable/sdk";

/** What is measured: as little as a function can do. */
export const echo = createFunction({ id: "echo", handler: ({ event }) => event.data });
