/* What a typed sale adds up to, asked of the server a moment after the last letter: the sums are the house's, never the
   browser's. Without this file the button beside it asks for them. */
"use strict";
(() => {
  const WAIT = 350; // ms after the last letter
  const region = document.querySelector("[data-sums]");
  const said = document.querySelector("[data-sums-said]");
  const form = region.closest("form");
  let later = 0, asking = null;
  document.querySelector("[data-sums-button]").remove();

  async function sum() {
    asking?.abort();
    const mine = asking = new AbortController();
    const typed = new URLSearchParams(new FormData(form));
    typed.set("accion", "sumar");
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: typed, headers: { "HX-Request": "true" }, signal: mine.signal });
      if (!answer.ok || answer.redirected) return; // what is sent next says what is wrong
      const html = await answer.text();
      if (mine !== asking) return;
      region.innerHTML = html;
      const total = region.querySelector("[data-total]");
      said.textContent = total ? `Total ${total.textContent}` : "";
    } catch (fault) {
      if (fault.name !== "AbortError") region.querySelector("[name=visto]")?.remove(); // what it shows is not what is typed
    }
  }

  form.addEventListener("input", () => { clearTimeout(later); later = setTimeout(sum, WAIT); });
  form.addEventListener("submit", () => { clearTimeout(later); asking?.abort(); });
})();
