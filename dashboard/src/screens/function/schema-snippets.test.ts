import { expect, test } from "vitest";
import { identifierOf, phpOf, typescriptOf } from "./schema-snippets.ts";

test("the id of a function becomes a name in code", () => {
  expect(identifierOf("send-mail")).toBe("sendMail");
  expect(identifierOf("2fa")).toBe("fn2fa");
  expect(typescriptOf("send-mail")).toContain('export const sendMail = createFunction({\n  id: "send-mail",');
});

test("what is quoted stays one text", () => {
  expect(phpOf("it's")).toContain("'id' => 'it\\'s'");
});
