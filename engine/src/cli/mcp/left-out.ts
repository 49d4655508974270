import { ruleOf } from "../../auth/actions.ts";
import type { Row } from "../../http/contract/row.ts";
import { type Operation, TABLE } from "../../http/contract/table.ts";

/** Routes that are no tools, although somebody with a credential may call them, and why. */
export const LEFT_OUT: Partial<Record<Operation, string>> = {
  createKey: "its answer is a secret, and what a model reads is kept by others",
  createSigningSecret: "its answer is a secret, and what a model reads is kept by others",
  createWebhook: "its answer is a secret, and what a model reads is kept by others",
  rotateWebhookSecret: "its answer is a secret, and what a model reads is kept by others",
  changeWebhook: "it says where data goes, which is for a person to say",
  deleteWebhook: "it says where data goes, which is for a person to say",
  testWebhook: "it calls an address outside",
  listWebhooks: "their addresses can hold secrets",
  getWebhook: "its address can hold a secret",
  createRunToken: "its answer is a credential, and what a model reads is kept by others",
  completeToken: "its token is a credential, which no model should carry",
  queryRun: "it calls the app's code, and nothing can say beforehand what that does",
  watchRun: "getRun shows more of it",
  exportRuns: "it is made to be kept in a file; listRuns and getRun show the same",
  eraseOwner: "it is for good, and of a person, whose name a model should not carry",
  changeTopics: "it steers a stream",
  health: "it says nothing about runs",
  ready: "it says nothing about runs",
  openApi: "the tools are made of it",
};

/** What a person may do, in the order of the table. Routes for apps at work have no credential that a person could hold. */
export function operationsFor(allowsChanges: boolean): Operation[] {
  return (
    (Object.entries(TABLE) as [Operation, Row][])
      .filter(([name, { action }]) => LEFT_OUT[name] === undefined && ruleOf(action).open === "people")
      // A stream does not end, and a text is for a program that reads that one.
      .filter(([, { streams, text }]) => streams === undefined && text === undefined)
      .filter(([, row]) => allowsChanges || isReading(row))
      .map(([name]) => name)
  );
}

export function isReading({ method, action }: Row): boolean {
  return method === "get" && ruleOf(action).effect === "reads";
}
