import type { AnswerOf, InputOf, ReadOperation } from "@durable/engine/api";
import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  type UseQueryResult,
  useQuery,
} from "@tanstack/react-query";
import { call } from "./call.ts";

/** In the cache an answer lies under its operation and its input: patches find it so. */
export function queryOf<Name extends ReadOperation>(name: Name, input: InputOf<Name>) {
  return queryOptions<AnswerOf<Name>>({
    queryKey: [name, input],
    queryFn: ({ signal }) => call(name, input, signal),
  });
}

export interface AnswerOptions {
  /** Without it nothing is asked: where something must be known first. */
  readonly when?: boolean;
  /** What was there before stays on the screen while another filter or page is loaded. */
  readonly keep?: boolean;
}

/** What the engine says; patched by the stream as long as somebody looks at it. */
export function useAnswer<Name extends ReadOperation>(
  name: Name,
  input: InputOf<Name>,
  { when = true, keep = false }: AnswerOptions = {},
): UseQueryResult<AnswerOf<Name>> {
  return useQuery({
    ...queryOf(name, input),
    enabled: when,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  }) as UseQueryResult<AnswerOf<Name>>;
}

/** Every answer of an operation that is in the cache, with the input it was asked with. */
export function answersOf<Name extends ReadOperation>(
  client: QueryClient,
  name: Name,
): { readonly key: readonly [Name, InputOf<Name>]; readonly answer: AnswerOf<Name> }[] {
  return client
    .getQueriesData<AnswerOf<Name>>({ queryKey: [name] })
    .flatMap(([key, answer]) =>
      answer === undefined ? [] : [{ key: key as unknown as readonly [Name, InputOf<Name>], answer }],
    );
}
