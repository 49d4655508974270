import { useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeftRight } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Comparison } from "./comparison.tsx";

/** Two runs side by side: a rerun and its origin, the one that failed and the one that did not. */
export function CompareScreen() {
  const { a, b } = useSearch({ from: "/$app/$env/compare" });
  const navigate = useNavigate({ from: "/$app/$env/compare" });
  if (a === undefined || b === undefined) return <Choose a={a} b={b} />;
  const swap = () => void navigate({ search: (now) => ({ ...now, a: b, b: a }), replace: true });
  return (
    <>
      <PageHead
        title="Compare"
        description="B to A: what is longer, missing or another in the second run."
        actions={
          <Button onClick={swap}>
            <ArrowLeftRight aria-hidden size={14} />
            Swap
          </Button>
        }
      />
      <Both a={a} b={b} />
    </>
  );
}

function Both({ a, b }: { readonly a: string; readonly b: string }) {
  const params = useWorkspaceParams();
  const [first, second] = [
    useAnswer("getRun", { params: { ...params, id: a } }),
    useAnswer("getRun", { params: { ...params, id: b } }),
  ];
  return (
    <Answered query={first} rows={4}>
      {(runA) => (
        <Answered query={second} rows={4}>
          {(runB) => <Comparison a={runA} b={runB} />}
        </Answered>
      )}
    </Answered>
  );
}

function Choose({ a = "", b = "" }: { readonly a: string | undefined; readonly b: string | undefined }) {
  const navigate = useNavigate({ from: "/$app/$env/compare" });
  const [first, setFirst] = useState(a);
  const [second, setSecond] = useState(b);
  return (
    <>
      <PageHead title="Compare" description="Two runs, step by step: status, attempts, time and results." />
      <form
        className="max-w-xl space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ search: { a: first.trim(), b: second.trim() } });
        }}
      >
        <Field label="A" hint="The id of a run.">
          {(control) => (
            <input
              {...control}
              className={INPUT_LOOK}
              value={first}
              onChange={({ target }) => setFirst(target.value)}
            />
          )}
        </Field>
        <Field label="B" hint="The id of another one.">
          {(control) => (
            <input
              {...control}
              className={INPUT_LOOK}
              value={second}
              onChange={({ target }) => setSecond(target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="main" disabled={first.trim() === "" || second.trim() === ""}>
          Compare
        </Button>
      </form>
    </>
  );
}
