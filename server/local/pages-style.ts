/** The tokens of app/globals.css, as far as these pages need them: they are served before the console is. */
export const style = `
@font-face { font-family: 'Inter Variable'; src: url('/local/inter.woff2') format('woff2'); font-weight: 100 900; font-display: swap; }
:root {
  color-scheme: light dark;
  --surface: oklch(0.985 0.002 250); --surface-raised: oklch(1 0 0); --surface-sunken: oklch(0.962 0.004 250);
  --line: oklch(0.9 0.006 250); --ink: oklch(0.24 0.02 260); --ink-soft: oklch(0.48 0.02 260);
  --accent: oklch(0.5 0.17 262); --accent-ink: oklch(1 0 0);
}
@media (prefers-color-scheme: dark) {
  :root {
    --surface: oklch(0.19 0.012 260); --surface-raised: oklch(0.225 0.014 260); --surface-sunken: oklch(0.255 0.016 260);
    --line: oklch(0.32 0.015 260); --ink: oklch(0.94 0.006 250); --ink-soft: oklch(0.72 0.015 255);
    --accent: oklch(0.72 0.13 262); --accent-ink: oklch(0.18 0.03 262);
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 48px 16px 32px; display: flex; justify-content: center; align-items: flex-start;
  background: var(--surface); color: var(--ink); font: 14px/20px 'Inter Variable', system-ui, sans-serif;
}
main { width: 100%; max-width: 400px; }
h1 { margin: 0; font-size: 20px; line-height: 28px; font-weight: 600; letter-spacing: -0.01em; }
p { margin: 4px 0 0; color: var(--ink-soft); }
strong { color: var(--ink); font-weight: 600; }
code { font: 13px/20px ui-monospace, monospace; color: var(--ink); overflow-wrap: anywhere; }
.mode {
  display: flex; gap: 8px; align-items: center; margin: 0 0 24px; font-size: 13px; color: var(--ink-soft);
}
.mode b { padding: 0 8px; border: 1px solid var(--line); border-radius: 6px; font-weight: 500; color: var(--ink); }
ul.people { list-style: none; margin: 20px 0 0; padding: 0; border: 1px solid var(--line); border-radius: 6px; background: var(--surface-raised); overflow: hidden; }
ul.people li + li { border-top: 1px solid var(--line); }
.person {
  width: 100%; display: grid; grid-template-columns: 1fr auto; gap: 0 12px; align-items: center; padding: 10px 16px; border: 0;
  background: none; color: inherit; font: inherit; text-align: left; cursor: pointer;
}
.person:hover { background: var(--surface-sunken); }
.person .name { font-weight: 600; }
.person .does { grid-column: 1; color: var(--ink-soft); font-size: 13px; }
.person .group { grid-column: 2; grid-row: 1 / span 2; font-size: 13px; color: var(--ink-soft); white-space: nowrap; }
dl { margin: 20px 0 0; border: 1px solid var(--line); border-radius: 6px; background: var(--surface-raised); }
dl div { padding: 10px 16px; display: grid; grid-template-columns: 96px 1fr; gap: 12px; }
dl div + div { border-top: 1px solid var(--line); }
dt { color: var(--ink-soft); font-size: 13px; }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 20px; }
.button {
  display: inline-block; min-height: 36px; padding: 7px 16px; border: 1px solid var(--line); border-radius: 6px;
  background: var(--surface-raised); color: var(--ink); font: inherit; font-weight: 500; text-decoration: none; cursor: pointer;
}
.button:hover { background: var(--surface-sunken); }
.button.main { border-color: var(--accent); background: var(--accent); color: var(--accent-ink); }
.button.main:hover { filter: brightness(1.06); }
.note { margin-top: 20px; font-size: 13px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.button:focus-visible { outline-offset: 2px; }
@media (max-width: 420px) { body { padding-top: 24px; } dl div { grid-template-columns: 1fr; gap: 0; } }
`
