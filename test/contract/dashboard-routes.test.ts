import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { routesText } from "../../dashboard/scripts/routes-text.ts";

const FILE = fileURLToPath(new URL("../../dashboard/src/api/routes.ts", import.meta.url));
const squeezed = (text: string) => text.replaceAll(/\s+/g, "").replaceAll(",]", "]");

test("the dashboard knows the paths of the route table (node dashboard/scripts/write-routes.ts writes them)", () => {
  expect(squeezed(readFileSync(FILE, "utf8"))).toBe(squeezed(routesText()));
});
