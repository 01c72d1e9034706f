# SPDX-License-Identifier: Apache-2.0
"""The page's style: light and dark, one column on a phone, no font but the reader's own."""

from __future__ import annotations

CSS = """
:root { color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f6f8; --ink: #16191d; --soft: #50575f; --rule: #d5d9de;
  --link: #0b57a4; --good: #11694a; --bad: #a3260f; --busy: #1b7f8c; --stalled: #b9bfc6;
  --dense: #1b9e77; --sparse: #7570b3; --scattered: #d95f02; --second: #79b8c0; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #14171a; --raised: #1d2125; --ink: #e8eaed; --soft: #a9b0b8; --rule: #3a4047;
  --link: #8ec1ff; --good: #6fd3ab; --bad: #ff9d87; --busy: #4fb6c3; --stalled: #5a636c;
  --dense: #2fb98e; --sparse: #9a95dd; --scattered: #f08030; --second: #2b6f78; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main, footer, nav { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .5rem; padding-top: .75rem;
  border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--link); }
.soft { color: var(--soft); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .25rem .5rem; }
nav ul, .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
.legend { margin: .25rem 0 .5rem; font-size: .85rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: .4rem; }
.swatch { width: .85rem; height: .85rem; flex: none; border-radius: 2px; }
.pictures { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 60rem) { .pictures { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
figure { margin: 0; padding: .85rem; background: var(--raised); border-radius: 8px; min-width: 0; }
figcaption { margin-bottom: .25rem; }
svg { display: block; width: 100%; max-width: 32rem; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .mark { font-weight: 600; }
.scroll { overflow-x: auto; margin: .5rem 0; max-width: 100%; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums;
  overflow-wrap: normal; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { padding: .2rem .75rem .2rem 0; vertical-align: top; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; } tbody th { font-weight: 400; }
.words { text-align: left; } .number { text-align: right; white-space: nowrap; }
.wide td { overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--link); }
code { font: .875em ui-monospace, monospace; background: var(--raised); padding: .1em .3em;
  border-radius: 4px; } figure code { background: var(--ground); }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
.kind { font-size: .8rem; padding: 0 .45em; border: 1px solid var(--rule); border-radius: 1em;
  white-space: nowrap; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.frame { fill: var(--ground); stroke: var(--rule); }
.grid { stroke: var(--rule); stroke-width: 1; }
.band { fill: var(--stalled); opacity: .35; }
.threshold { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 4; }
.bound { stroke: var(--good); stroke-width: 1.5; stroke-dasharray: 2 3; }
.roof { stroke: var(--soft); stroke-width: 2; }
.dense { fill: var(--dense); background: var(--dense); }
.sparse { fill: var(--sparse); background: var(--sparse); }
.scattered { fill: var(--scattered); background: var(--scattered); }
.shade0 { opacity: .4; } .shade1 { opacity: .6; } .shade2 { opacity: .8; }
.busy, .step0, .layer1, .point { fill: var(--busy); background: var(--busy); }
.step1, .layer0 { fill: var(--second); background: var(--second); }
.stalled { fill: var(--stalled); background: var(--stalled); }
.whole { fill: var(--scattered); background: var(--scattered); }
.swatch.line { height: 0; border-top: 2px dashed var(--ink); border-radius: 0; }
.swatch.bound.line { border-top: 2px dotted var(--good); }
.swatch.roof.line { border-top: 2px solid var(--soft); }
@media print { nav, .skip { display: none; } figure { break-inside: avoid; } }
@media (max-width: 30rem) { body { font-size: 15px; } }
"""
