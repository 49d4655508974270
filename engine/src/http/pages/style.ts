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
  --good: light-dark(#1a6b3c, #74d69b);
  --bad: light-dark(#a81c1c, #ff9a94);
  --busy: light-dark(#0b57a4, #8cc2ff);
  --idle: light-dark(#6b5300, #e6c65c);
  --bar-app: light-dark(#2f7de1, #5aa2f5);
  --bar-queue: light-dark(#e0a100, #d9a92b);
  --bar-wait: light-dark(#c9cdd3, #4a5059);
  --bar-bad: light-dark(#d64545, #ef6b64);
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
header { border-bottom: 1px solid var(--line); background: var(--raised) }
header.production { border-top: 4px solid var(--bad) }
header > div, main { max-width: 1200px; margin: 0 auto; padding: 12px 24px }
main { padding-bottom: 64px }
a { color: var(--link); text-decoration: none }
a:hover, a:focus-visible { text-decoration: underline }
h1 { font-size: 22px; line-height: 1.3; margin: 20px 0 4px; overflow-wrap: anywhere }
h2 { font-size: 16px; margin: 32px 0 8px }
p { margin: 4px 0; overflow-wrap: anywhere }
p + .scroll { margin-top: 8px }
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
.why { font-size: 16px; margin: 8px 0 16px }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--raised) }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 8px 12px; border-top: 1px solid var(--line) }
thead th, .attempts tr:first-child td { border-top: 0 }
th { font-weight: 600; font-size: 13px; color: var(--faint); white-space: nowrap }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums }
td.bar { min-width: 220px; width: 40% }
tr.attempt td { border-top: 0; padding-top: 0; color: var(--faint); font-size: 13px }
.status { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 9px; font-size: 13px; font-weight: 600; line-height: 20px }
.completed, .ok { color: var(--good) }
.failed, .err, .lost, .late, .transport, .protocol { color: var(--bad) }
.running { color: var(--busy) }
.queued, .waiting, .pending, .retrying, .paused { color: var(--idle) }
.cancelled { color: var(--faint) }
svg.bar { display: block; width: 100%; height: 14px; margin-top: 4px; border-radius: 3px; background: light-dark(#f1f2f4, #272b30) }
svg .app { fill: var(--bar-app) }
svg .queue { fill: var(--bar-queue) }
svg .wait { fill: var(--bar-wait) }
svg .bad { fill: var(--bar-bad) }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 8px 0; color: var(--faint); font-size: 13px }
.legend span::before { content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px }
.legend .app::before { background: var(--bar-app) }
.legend .queue::before { background: var(--bar-queue) }
.legend .wait::before { background: var(--bar-wait) }
.legend .bad::before { background: var(--bar-bad) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 }
dt { color: var(--faint) }
dd { margin: 0; overflow-wrap: anywhere }
summary { cursor: pointer; color: var(--faint) }
pre { margin: 8px 0 0; padding: 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.45 ui-monospace, monospace; max-height: 480px }
td pre { max-height: 240px }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
@media (max-width: 640px) {
  header > div, main { padding-left: 14px; padding-right: 14px }
  th, td { padding: 7px 9px }
  dl { grid-template-columns: max-content 1fr; gap: 4px 10px }
  .scroll td.time { white-space: normal }
  .runs .number { display: none }
  .steps thead { display: none }
  .steps, .steps tbody { display: block }
  .steps tr { display: grid; grid-template-columns: 20px 1fr max-content; gap: 2px 8px; padding: 9px; border-top: 1px solid var(--line) }
  .steps tr:first-child, .steps tr.attempt { border-top: 0 }
  .steps td, .steps tr.attempt td { border: 0; padding: 0; min-width: 0 }
  .steps td.number { text-align: left }
  .steps td.took, .steps tr.attempt td.time { display: none }
  .steps td.bar { grid-column: 1 / -1; width: auto }
}
`;

export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f7de1"/>' +
  '<path d="M4 5h8M4 8h5M4 11h8" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/></svg>';
