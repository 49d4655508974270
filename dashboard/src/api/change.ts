import type { AnswerOf, ChangeOperation, InputOf } from "@durable/engine/api";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call } from "./call.ts";
import { ApiProblem } from "./problem.ts";

/** How long a button that was clicked once waits for the second click. The server's confirmation lives for 30 s. */
export const ARMED_MS = 5_000;

export interface Change<Name extends ChangeOperation> {
  /** Does it; where the server asks again, arms. Called again while it is armed: does it. */
  go(input: InputOf<Name>): void;
  disarm(): void;
  readonly isArmed: boolean;
  readonly isBusy: boolean;
  readonly error: Error | null;
}

/**
 * A change with its second click. The same wish is sent under one idempotency key, so that a click on a line that broke is done
 * once. `done` hears the answer.
 */
export function useChange<Name extends ChangeOperation>(
  name: Name,
  done: (answer: AnswerOf<Name>) => void = () => {},
): Change<Name> {
  const [armed, setArmed] = useState<{ readonly wish: string; readonly confirm: string } | null>(null);
  const key = useRef<{ readonly wish: string; readonly id: string } | null>(null);

  const mutation = useMutation<AnswerOf<Name>, Error, InputOf<Name>>({
    mutationFn: (input) => {
      const wish = JSON.stringify(input);
      if (key.current?.wish !== wish) key.current = { wish, id: crypto.randomUUID() };
      const confirm = armed?.wish === wish ? { confirm: armed.confirm } : {};
      return call(name, { ...input, idempotencyKey: key.current.id, ...confirm });
    },
    onSuccess: (answer) => {
      key.current = null;
      setArmed(null);
      done(answer);
    },
    onError: (error, input) => {
      const confirm = error instanceof ApiProblem ? error.body.confirm : undefined;
      setArmed(confirm === undefined ? null : { wish: JSON.stringify(input), confirm });
    },
  });

  useEffect(() => {
    if (armed === null) return;
    const timer = setTimeout(() => setArmed(null), ARMED_MS);
    return () => clearTimeout(timer);
  }, [armed]);

  const isAsked = mutation.error instanceof ApiProblem && mutation.error.body.confirm !== undefined;
  return {
    go: (input) => mutation.mutate(input),
    disarm: () => setArmed(null),
    isArmed: armed !== null,
    isBusy: mutation.isPending,
    error: isAsked ? null : mutation.error,
  };
}
