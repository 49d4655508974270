import { asOne, type Stage } from "./stage.ts";

/** A few seconds of every fault there is, from a fixed seed, alone on the machine: one test. The long run is `npm run chaos`. */
export const chaosSample: Stage = {
  name: "chaos (a sample)",
  run: () => asOne(["test/chaos/main.ts", "--seed", "7", "--minutes", "0.2"]),
};
