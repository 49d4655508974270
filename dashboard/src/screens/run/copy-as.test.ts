import { expect, test } from "vitest";
import { COPY_AS } from "./copy-as.ts";
import { run, step } from "./run.fixture.ts";

const origin = "http://127.0.0.1:4400";
const event = (data: unknown) => ({ ...run().event, data });

test("curl starts the function with the data, whatever stands in it", () => {
  const text = COPY_AS.curl.write({ run: run({ event: event("it's $(rm -rf /) `x`") }), origin });
  expect(text).toContain(
    "curl -X POST 'http://127.0.0.1:4400/v1/apps/shop/dev/functions/order-paid/trigger' \\\n",
  );
  expect(text).toContain(`\n  \${DURABLE_API_KEY:+-H "authorization: Bearer $DURABLE_API_KEY"} \\\n`);
  expect(text).toContain(`-d '{"data":"it'\\''s $(rm -rf /) \`x\`"}'`);
});

test("TypeScript and PHP say the same by their own quotes", () => {
  const from = { run: run({ event: event("a\u2028b'\\") }), origin };
  expect(COPY_AS.typescript.write(from)).toContain(`start("order-paid", "a\\u2028b'\\\\")`);
  expect(COPY_AS.php.write(from)).toContain(`'content' => '{"data":"a\\\\u2028b\\'\\\\\\\\"}'`);
});

test("the test replays what is recorded, and runs on a real engine what ends by itself", () => {
  const alone = COPY_AS.test.write({ run: run(), origin });
  expect(alone).toContain('import { after, before, test } from "node:test";');
  expect(alone).toContain('import { orderPaid } from "./order-paid.ts";');
  expect(alone).toContain("await replayRun([orderPaid], recorded)");
  expect(alone).toContain("await kit.run(orderPaid, recorded.event.data)");
  expect(alone).toContain('"name": "charge"');
  const waits = COPY_AS.test.write({ run: run({ steps: [step("paid", { op: "wait" })] }), origin });
  expect(waits).toContain('import { test } from "node:test";');
  expect(waits).not.toContain("createTestKit");
});

test("names that are none of JavaScript's become some", () => {
  const text = COPY_AS.test.write({ run: run({ function: "2fa.send-code" }), origin });
  expect(text).toContain('import { fn2faSendCode } from "./2fa.send-code.ts";');
});
