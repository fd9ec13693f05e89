/* Long work shows how it goes: a region with data-live is asked for again while it lasts and somebody looks at it.
   What ends it comes without data-live, or as a whole page; a page that was only led elsewhere (the door) is opened. */
"use strict";
(() => {
  const SOON = 700, EVERY = 2000, SLOWEST = 30000; // ms
  let later = 0, wait = EVERY, asking = false;

  const region = () => document.querySelector("[data-live]");
  const again = (after) => { clearTimeout(later); later = setTimeout(look, after); };

  function swap(html) {
    const old = region();
    const held = old.contains(document.activeElement);
    const fresh = document.createRange().createContextualFragment(html).firstElementChild;
    if (!fresh || old.isEqualNode(fresh)) return;
    const said = document.querySelector("[data-said]");
    if (said && fresh.dataset.say && said.textContent !== fresh.dataset.say) said.textContent = fresh.dataset.say;
    old.replaceWith(fresh);
    if (held) fresh.querySelector("a, button")?.focus();
  }

  async function look() {
    if (asking || document.hidden || !region()) return;
    asking = true;
    try {
      const answer = await fetch(region().dataset.live, { headers: { "HX-Request": "true" } });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (answer.headers.get("HX-Refresh")) return location.reload();
      if (elsewhere) return location.assign(elsewhere);
      if (answer.redirected) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      if (answer.status === 200) swap(await answer.text());
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, SLOWEST); // the server is away: ask less and less
    } finally {
      asking = false;
    }
    again(wait);
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(0); });
  again(SOON);
})();
