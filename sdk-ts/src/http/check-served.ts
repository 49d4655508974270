import type { DurableFunction } from "../function.ts";
import { shown } from "../options.ts";

/** @throws TypeError that names the place of what is no function. */
export function checkServed(functions: unknown): void {
  if (!Array.isArray(functions)) {
    throw new TypeError(
      `serve takes "functions", a list of what createFunction returned, not ${shown(functions)}.`,
    );
  }
  for (const [place, fn] of functions.entries()) {
    if (typeof fn?.id === "string" && typeof fn.options?.handler === "function") continue;
    const hint =
      fn === undefined ? " Does an import lead in a circle, or name something that is not exported?" : "";
    throw new TypeError(
      `serve: functions[${place}] is ${shown(fn)}, and not what createFunction returned.${hint}`,
    );
  }
}

/** @throws TypeError that names the ids that several functions have. */
export function checkOnce(app: string, functions: readonly DurableFunction[]): void {
  const ids = functions.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) < index);
  if (twice.length === 0) return;
  const named = [...new Set(twice)].map((id) => JSON.stringify(id)).join(", ");
  throw new TypeError(`Two functions of app "${app}" have the same id: ${named}.`);
}
