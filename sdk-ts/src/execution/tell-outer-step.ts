import { codeFrame } from "./code-frame.ts";
import type { Trail } from "./trails.ts";

/**
 * A branch or an item has asked the step of the code around it. That is allowed, and hardly ever meant: whoever writes the
 * code is told on the console, once per run and join. What it asks after its first `await` looks like the handler's own.
 */
export function tellOuterStep(
  run: string,
  join: { id: string; name: string },
  step: string,
  trail: Trail,
): void {
  const told = `outer step in ${join.id}`;
  if (!trail.isNews(told)) return;
  trail.told(told);
  const [place, ...lines] = codeFrame(new Error().stack, { isDev: true })?.split("\n") ?? [];
  const at = place === undefined ? "" : ` at ${place}`;
  console.warn(
    [
      `durable: run ${run}: a function given to "${join.name}" asks for step "${step}"${at} by the step of the code around it, not by the one it is given. So it stands outside: it gets no request of its own, is not cancelled when the others win, and shares the count of its name. Take the parameter: (step) => step.run(...).`,
      ...lines,
    ].join("\n"),
  );
}
