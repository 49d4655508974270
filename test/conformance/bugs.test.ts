// The kit's own test: SDKs that are broken on purpose. One that it does not catch is one that a porter ships.

import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../chaos/temporary-folder.ts";
import { bugs, Copy } from "./bugs.ts";
import { playFixture } from "./play-fixture.ts";

/** The case that each is caught by, with the mutation where it needs one. */
const CAUGHT_BY: Readonly<Record<string, string>> = {
  "answers-get": "L0-method-get",
  "answers-with-first-secret": "L0-secret-list",
  "asks-for-the-version": "L0-protocol-version-unsaid",
  "attempt-always-first": "L0-attempt",
  "checkpoint-renumbered": "L2-checkpoint-lost",
  "fence-not-repeated": "L0-fence",
  "final-is-retried": "L0-step-error-final",
  "first-page-alone": "L1-pages",
  "key-of-attempt": "L0-key",
  "last-member-wins": "L0-json-twice",
  "lease-not-given-back": "L2-open-yield",
  "lost-answer-not-told-again": "L0-loop@dropped",
  "names-not-counted": "L0-loop-n",
  "nobody-unclaimed": "L1-unclaimed",
  "no-timestamp-check": "L0-signature-old",
  "open-end-forgets": "L2-open-ends",
  "open-line-believed": "L2-open-signed-with-another-secret",
  "out-of-memo-order": "L1-race-replayed",
  "own-id-in-answer": "L0-signature-good",
  "pending-runs-again": "L0-pending",
  "runs-mixed-up": "L0-slow-body@crowd",
  "scopes-not-kept-apart": "L1-parallel-order",
  "signs-with-secret-itself": "L0-signature-good",
  "stale-checkpoint-ignored": "L2-checkpoint-stale",
  "suspends-by-throwing": "L0-swallow-pending",
  "takes-reply-key": "L0-signature-reflected",
  "task-runs-siblings": "L1-task-new-before",
  "tells-environment": "L0-canary",
  "unsigned-answer": "L0-signature-good",
  "unsigned-page-believed": "L1-pages-signed-with-another-secret",
  "value-unchecked": "L1-refs-other-bytes",
  "whole-memo-each-time": "L2-checkpoint",
};

test("every bug has a case that catches it", () => {
  expect(bugs().map(({ name }) => name)).toEqual(Object.keys(CAUGHT_BY).sort());
});

const folder = temporaryFolder("conformance");
afterAll(() => folder.remove());
const copy = new Copy(folder.path);

test.for(bugs())("$name is caught", ({ name, patch }) =>
  copy.withBug(patch, async () => {
    const caughtBy = CAUGHT_BY[name]!;
    const [only = "", mutation] = caughtBy.split("@");
    const mutations = mutation !== undefined;
    const { results } = await playFixture(copy.fixture, { only: [only], mutations, patienceMs: 4_000 });
    expect(results.filter(({ status }) => status === "FAILED").map(({ id }) => id)).toContain(caughtBy);
    // What needs a mutation is right without it.
    if (mutations) expect(results[0]).toMatchObject({ id: only, status: "PASSED" });
  }),
);
