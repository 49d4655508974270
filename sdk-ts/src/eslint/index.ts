// `@durable/sdk/eslint`: what the engine's `durable check` says, while you type.
//
//     import durable from "@durable/sdk/eslint";
//     export default [durable.configs.recommended];

import { SDK_VERSION } from "../version.ts";
import { findMistakes, type Mistake, RULES, type RuleName } from "./find-mistakes.ts";
import type { Node } from "./syntax.ts";

export { findMistakes, type Mistake, RULES, type RuleName } from "./find-mistakes.ts";
export { findTargets, type Targets } from "./find-targets.ts";

/** The part of ESLint's rule context that is used. */
interface RuleContext {
  readonly sourceCode: { readonly ast: unknown };
  report(problem: { readonly node: unknown; readonly message: string }): void;
}

interface Rule {
  readonly meta: {
    readonly type: "problem";
    readonly docs: { readonly description: string };
    readonly schema: [];
  };
  create(context: RuleContext): Record<string, () => void>;
}

/** All rules ask for the same tree. */
const found = new WeakMap<object, Mistake[]>();

function mistakesIn(ast: Node): Mistake[] {
  let mistakes = found.get(ast);
  if (mistakes === undefined) {
    mistakes = findMistakes(ast);
    found.set(ast, mistakes);
  }
  return mistakes;
}

function ruleOf(name: RuleName): Rule {
  return {
    meta: { type: "problem", docs: { description: RULES[name] }, schema: [] },
    create: (context) => ({
      "Program:exit"() {
        for (const { rule, node, message } of mistakesIn(context.sourceCode.ast as Node)) {
          if (rule === name) context.report({ node, message });
        }
      },
    }),
  };
}

const names = Object.keys(RULES) as RuleName[];
const plugin = {
  meta: { name: "@durable/sdk", version: SDK_VERSION },
  rules: Object.fromEntries(names.map((name) => [name, ruleOf(name)])) as Record<RuleName, Rule>,
};

export default {
  ...plugin,
  configs: {
    recommended: {
      plugins: { durable: plugin },
      rules: Object.fromEntries(names.map((name) => [`durable/${name}`, "error"])) as Record<string, "error">,
    },
  },
};
