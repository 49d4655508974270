import { tsPlugin } from "@sveltejs/acorn-typescript";
import { Parser, type Program } from "acorn";

const OPTIONS = {
  ecmaVersion: "latest",
  sourceType: "module",
  locations: true,
  allowHashBang: true,
  allowReturnOutsideFunction: true,
} as const;

const TYPESCRIPT = Parser.extend(tsPlugin());
const WITH_JSX = Parser.extend(tsPlugin({ jsx: true }));

/** `<const T extends …>`, which the parser does not know, and which says nothing but types. */
const CONST_PARAMETER = /(?<=[<,]\s*)const(?=\s+[A-Za-z_$][\w$]*\s*(?:extends\b|[,=>]))/g;

/** The syntax tree of a file as ESTree has it, types included. @throws SyntaxError with a line and a column. */
export function parse(path: string, text: string): Program {
  return (/x$/.test(path) ? WITH_JSX : TYPESCRIPT).parse(
    text.replace(CONST_PARAMETER, "     "),
    OPTIONS,
  ) as Program;
}
