"""A walk through a page with Tab alone: all that can be used is reached, is seen while it has the focus, and lets go."""

from typing import Any

from playwright.sync_api import Page

# Beyond the stops of the page itself: the browser's own between the last and the first, what scrolls, and the parts of a
# date. A round that takes so many more is none.
SPARE = 40

_BEGIN = """
() => {
  const USABLE = 'a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]';
  const radios = e => [...document.querySelectorAll('input[type=radio]')].filter(r => r.name === e.name && r.form === e.form);
  // An open dialog keeps the focus to itself: Esc lets go of it.
  const within = document.querySelector('dialog:modal') ?? document;
  const isStop = e => {
    if (e.tabIndex < 0 || e.matches(':disabled, input[type=hidden]') || e.closest('[inert]')) return false;
    if (!e.checkVisibility({ visibilityProperty: true })) return false;
    if (e.matches('input[type=radio]')) return e === (radios(e).find(r => r.checked) ?? radios(e)[0]);
    return true;
  };
  const walk = { stops: [...within.querySelectorAll(USABLE)].filter(isStop), reached: [], fine: new Set(), faults: new Map() };
  const points = box => [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(
    ([across, down]) => [box.left + box.width * across, box.top + box.height * down]);
  const isSeen = e => [...e.getClientRects()].some(box => points(box).some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (e.contains(top) || (e.labels && [...e.labels].some(label => label.contains(top))));
  }));
  walk.note = () => {
    const e = document.activeElement;
    if (!walk.stops.includes(e)) return;
    if (walk.reached.at(-1) !== e) walk.reached.push(e);
    const ring = getComputedStyle(e);
    const rung = ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2;
    if (!rung) walk.faults.set(e, 'shows no ring when it has the focus');
    else if (!isSeen(e)) walk.faults.set(e, 'is hidden when it has the focus');
    else walk.fine.add(e);
  };
  walk.isRound = () => walk.reached.indexOf(walk.reached[0], 1) > 0 &&
    walk.stops.every(e => !e.isConnected || walk.reached.includes(e));
  walk.listener = event => { if (event.key === 'Tab') walk.note(); };
  walk.before = document.activeElement;
  document.addEventListener('keydown', walk.listener, true);
  window.amateWalk = walk;
  return walk.stops.length;
}
"""

_END = """
() => {
  const walk = window.amateWalk;
  walk.note();
  document.removeEventListener('keydown', walk.listener, true);
  const said = e => e.outerHTML.slice(0, 160);
  const found = {};
  for (const e of walk.stops)
    if (e.isConnected && !walk.reached.includes(e)) found[said(e)] = 'is never reached';
  // The parts of a date have the focus one by one, and a ring of the browser's own.
  for (const [e, fault] of walk.faults) if (!walk.fine.has(e)) found[said(e)] = fault;
  const [first] = walk.reached;
  if (walk.stops.length > 1 && first && first.isConnected && walk.reached.indexOf(first, 1) < 0)
    found[said(walk.reached.at(-1))] = 'does not let go';
  if (walk.before !== document.body) walk.before.focus({ preventScroll: true }); else document.activeElement.blur();
  window.scrollTo(0, 0);
  return found;
}
"""


def walk(page: Page) -> dict[str, Any]:
    """What is wrong, by the piece of page that has it; empty if all is well. The focus ends where it began."""
    stops = page.evaluate(_BEGIN)
    for pressed in range(2 * stops + SPARE):
        page.keyboard.press("Tab")
        if pressed > stops and page.evaluate("amateWalk.isRound()"):
            break
    return dict(page.evaluate(_END))
