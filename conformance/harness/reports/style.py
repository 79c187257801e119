"""
The look of the HTML reports: one sheet, inline, light and dark, no script, nothing fetched.
"""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --ink: light-dark(#16181d, #e8eaee); --paper: light-dark(#fff, #12151a); --line: light-dark(#d9dce3, #333945);
  --soft: light-dark(#f5f6f9, #1a1e26); --dim: light-dark(#555c69, #9aa3b2); --pass: light-dark(#17692f, #6fd08c); --fail: light-dark(#b3141d, #ff8f8f);
  --other: light-dark(#7a5200, #eec26b); --error: light-dark(#8a1a8f, #e79bea); --calm: light-dark(#5a6270, #8d97a8); --dialect: light-dark(#0b5c8a, #7cc4f2); }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; overflow-wrap: anywhere; color: var(--ink);
  background: var(--paper); }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; border-left: .5rem solid var(--other); padding-left: .8rem; }
h1.green { border-color: var(--pass); } h1.red { border-color: var(--fail); }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; } a { color: inherit; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
thead th { background: var(--soft); font-weight: 600; } td.count { text-align: right; font-variant-numeric: tabular-nums; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .4rem 1.5rem; margin: 0; }
.facts dt { color: var(--dim); font-size: .85em; } .facts dd { margin: 0; }
.complaints { border: 1px solid var(--fail); padding: .5rem 1rem .5rem 2rem; } .scroll { overflow-x: auto; }
.scroll th, .scroll td.count { white-space: nowrap; overflow-wrap: normal; }
.cells { white-space: normal; min-width: 12rem; line-height: 1; }
.cell { display: inline-block; width: .95rem; height: .95rem; margin: .1rem; border-radius: .2rem; background: var(--other); }
.cell.pass { background: var(--pass); } .cell.fail { background: var(--fail); } .cell.error { background: var(--error); } .cell.dialect { background: var(--dialect); }
.cell.not_applicable { background: none; border: 1px solid var(--calm); }
.cell.untested, .cell.blocked { background: repeating-linear-gradient(45deg, var(--other) 0 3px, transparent 3px 6px); border: 1px solid var(--other); }
.legend .cell { vertical-align: -.1rem; } .legend span.word { margin-right: 1rem; }
fieldset { border: 1px solid var(--line); margin: .5rem 0; padding: .3rem .8rem .5rem; } legend { color: var(--dim); font-size: .85em; }
fieldset label { display: inline-block; margin-right: 1rem; white-space: nowrap; }
.filters { position: sticky; top: 0; background: var(--paper); z-index: 1; padding-bottom: .3rem; max-height: 45vh; overflow: auto; }
article { border: 1px solid var(--line); border-left: 5px solid var(--other); margin: .6rem 0; padding: .5rem .9rem; scroll-margin-top: 12rem; }
article:target { outline: 2px solid var(--dialect); }
article.pass { border-left-color: var(--pass); } article.fail { border-left-color: var(--fail); }
article.error { border-left-color: var(--error); } article.warning { border-left-color: var(--other); }
article.dialect { border-left-color: var(--dialect); } article.not_applicable { border-left-color: var(--calm); }
article h3 { font-size: 1rem; margin: 0; display: flex; gap: .8rem; flex-wrap: wrap; align-items: baseline; } article p { margin: .2rem 0; }
.verdict { color: var(--other); font-weight: 600; } .pass .verdict { color: var(--pass); } .fail .verdict { color: var(--fail); }
.error .verdict { color: var(--error); } .warning .verdict { color: var(--other); }
.dialect .verdict { color: var(--dialect); } .not_applicable .verdict { color: var(--calm); } .reason { font-weight: 600; } .dim { color: var(--dim); font-size: .87em; }
details { margin: .3rem 0; } summary { cursor: pointer; } details details { margin-left: 1rem; }
.exchange { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; } @media (max-width: 50rem) { .exchange { grid-template-columns: 1fr; } }
pre { white-space: pre-wrap; background: var(--soft); border: 1px solid var(--line); padding: .5rem; margin: .3rem 0; max-height: 26rem; overflow: auto;
  font: 12.5px/1.45 ui-monospace, monospace; }
@media (max-width: 50rem) { .filters { position: static; max-height: none; } .cells { min-width: 8rem; } article { scroll-margin-top: 1rem; } }
.status { font-variant-numeric: tabular-nums; } @media print { .filters { display: none; } body { margin: 0; } }
"""
