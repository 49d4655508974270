/** One style sheet, served by itself: the pages' policy allows no style inside a page. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfbfa, #16181b);
  --raised: light-dark(#ffffff, #1e2125);
  --line: light-dark(#dfe1e4, #34383e);
  --text: light-dark(#1d2025, #e8eaed);
  --faint: light-dark(#5b626c, #a2a9b3);
  --link: light-dark(#0b57a4, #8cc2ff);
  --bad: light-dark(#a81c1c, #ff9a94);
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
header { border-bottom: 1px solid var(--line); background: var(--raised) }
header > div, main { max-width: 1200px; margin: 0 auto; padding: 12px 24px }
main { padding-bottom: 64px }
a { color: var(--link); text-decoration: none }
a:hover, a:focus-visible { text-decoration: underline }
h1 { font-size: 22px; line-height: 1.3; margin: 20px 0 4px; overflow-wrap: anywhere }
h2 { font-size: 16px; margin: 32px 0 8px }
p { margin: 4px 0; overflow-wrap: anywhere }
.faint { color: var(--faint) }
.brand { font-weight: 650; color: inherit }
header > .top { display: flex; justify-content: space-between }
.route { border-top: 1px solid var(--line); padding: 8px 0 }
.route summary { cursor: pointer; overflow-wrap: anywhere }
.route h3 { font-size: 13px; color: var(--faint); margin: 12px 0 4px }
.route pre { margin: 0; padding: 8px 12px; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); font-size: 13px }
.method { font-weight: 650 }
.refusal { color: var(--bad) }
.login { display: grid; gap: 8px; max-width: 420px; margin-top: 16px }
.login input, .login button { font: inherit; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); color: inherit }
.login button { cursor: pointer; font-weight: 600; justify-self: start }
summary { cursor: pointer; color: var(--faint) }
pre { margin: 8px 0 0; padding: 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.45 ui-monospace, monospace; max-height: 480px }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
@media (max-width: 640px) {
  header > div, main { padding-left: 14px; padding-right: 14px }
}
`;

export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f7de1"/>' +
  '<path d="M4 5h8M4 8h5M4 11h8" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/></svg>';
