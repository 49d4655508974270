import type { Host } from "../host.ts";

export const hosts: readonly Host[] = [
  {
    name: "sveltekit",
    title: "SvelteKit",
    packages: {
      "@sveltejs/adapter-node": "6.0.1",
      "@sveltejs/kit": "3.2.0",
      "@sveltejs/vite-plugin-svelte": "7.3.1",
      svelte: "5.57.3",
      vite: "8.4.0",
    },
    snippet: { page: "docs/guides/hosts.md", framework: "sveltekit" },
    functionsFile: "src/lib/server/functions.ts",
    files: () => ({
      "src/app.html":
        "<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>",
      "svelte.config.js": `import adapter from "@sveltejs/adapter-node";
export default { kit: { adapter: adapter() } };
`,
      "vite.config.js": `import { sveltekit } from "@sveltejs/kit/vite";
export default { plugins: [sveltekit()] };
`,
    }),
    build: ["node_modules/.bin/vite", "build"],
    start: () => ["node", "build/index.js"],
  },
];
