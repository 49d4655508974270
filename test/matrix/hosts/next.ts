import { NEXT_FILES } from "../../frameworks/next-files.ts";
import type { Host } from "../host.ts";

function next(name: string, title: string, snippet: NonNullable<Host["snippet"]>): Host {
  return {
    name,
    title,
    project: "next",
    isCommonJs: true,
    packages: {
      next: "16.4.6",
      react: "19.3.1",
      "react-dom": "19.3.1",
      typescript: "5.9.3",
      "@types/node": "24.19.2",
      "@types/react": "19.3.3",
    },
    snippet,
    files: () => NEXT_FILES,
    build: ["node_modules/.bin/next", "build"],
    start: ({ port }) => ["node_modules/.bin/next", "start", "-H", "127.0.0.1", "-p", String(port)],
  };
}

export const hosts: readonly Host[] = [
  next("next", "Next, app router", { page: "README.md", framework: "next" }),
  next("next-pages", "Next, pages router", { page: "docs/guides/hosts.md", framework: "next-pages" }),
];
