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

/** The syntax tree of a file as ESTree has it, types included. @throws SyntaxError with a line and a column. */
export function parse(path: string, text: string): Program {
  return (/x$/.test(path) ? WITH_JSX : TYPESCRIPT).parse(text, OPTIONS) as Program;
}
