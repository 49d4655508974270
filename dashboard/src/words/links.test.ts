import { expect, test } from "vitest";
import { splitLinks } from "./links.ts";

test.each([
  ["nothing here", ["nothing here"]],
  ["see https://example.com/a?b=1#c.", ["see ", { href: "https://example.com/a?b=1#c" }, "."]],
  ["(https://example.com/wiki/A_(b))", ["(", { href: "https://example.com/wiki/A_(b)" }, ")"]],
  ["http://a.test, http://b.test", [{ href: "http://a.test" }, ", ", { href: "http://b.test" }]],
  ['{"url":"https://a.test/x"}', ['{"url":"', { href: "https://a.test/x" }, '"}']],
])("%s", (text, pieces) => {
  expect(splitLinks(text)).toEqual(pieces);
});

test("nothing but http and https is a link", () => {
  const text = "javascript:alert(1) data:text/html,x ftp://a.test xhttps://a.test";
  expect(splitLinks(text)).toEqual([text]);
});
