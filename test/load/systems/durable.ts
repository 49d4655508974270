import type { System } from "./system.ts";
export const durable: System = {
  name: "durable",
  versions: async () => "",
  setup: "",
  start: () => Promise.reject(new Error("not yet")),
};
