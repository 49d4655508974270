import type { Host } from "../host.ts";

export const hosts: readonly Host[] = [
  {
    name: "sveltekit",
    title: "SvelteKit",
    packages: {
      "@sveltejs/kit": "3.2.0",
      "@sveltejs/adapter-node": "6.0.1",
      "@sveltejs/vite-plugin-svelte": "7.3.1",
      svelte: "5.57.3",
      vite: "8.4.0",
    },
    snippet: { page: "docs/guides/hosts.md", framework: "sveltekit" },
    functionsFile: "src/functions.ts",
    files: () => ({
      "src/app.html":
        "<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>",
      "vite.config.js": `import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
export default { plugins: [sveltekit({ adapter: adapter() })] };
`,
    }),
    build: ["node_modules/.bin/vite", "build"],
    start: () => ["node", "build/index.js"],
  },
];
