import { expect, test, vi } from "vitest";
import { HungUpError } from "../../errors.ts";
import { HangUp } from "./hang-up.ts";

test("the server is asked once, and only when somebody wants to know", () => {
  const server = new AbortController();
  const signalOf = vi.fn(() => server.signal);
  const hangUp = new HangUp(signalOf);
  expect(signalOf).not.toHaveBeenCalled();
  const tell = [vi.fn(), vi.fn()];
  for (const each of tell) hangUp.listen(each);
  expect(signalOf).toHaveBeenCalledTimes(1);
  server.abort();
  for (const each of tell) expect(each.mock.calls).toEqual([[expect.any(HungUpError)]]);
});

test("who comes late hears at once", () => {
  const hangUp = new HangUp(() => AbortSignal.abort());
  const tell = vi.fn();
  hangUp.listen(tell);
  expect(tell).toHaveBeenCalledWith(expect.any(HungUpError));
});

test("where the server cannot tell, the engine still can", () => {
  const hangUp = new HangUp(undefined);
  const tell = vi.fn();
  hangUp.listen(tell);
  hangUp.tellAll();
  expect(tell).toHaveBeenCalledTimes(1);
});
