import { ApiProblem } from "../../api/problem.ts";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { countOf } from "../../words/number.ts";

interface TriggerProblemProps {
  readonly error: Error;
  /** There is a form, whose fields say what is wrong with them. */
  readonly isAtFields: boolean;
}

/** Why no run was started. What stands at fields is not said a second time. */
export function TriggerProblem({ error, isAtFields }: TriggerProblemProps) {
  const errors = error instanceof ApiProblem ? (error.body.errors ?? []) : [];
  const isAllAtFields =
    isAtFields && errors.length > 0 && errors.every(({ pointer }) => pointer.startsWith("/data"));
  if (!isAllAtFields) return <ProblemPanel error={error} />;
  return (
    <p role="alert" className="rounded-md border border-line bg-bad-ground p-3 text-sm text-bad">
      Nothing was started: {countOf(errors.length, "thing does", "things do")} not fit the schema. Each is
      marked at its field.
    </p>
  );
}
