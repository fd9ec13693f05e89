/* What is typed in a form that says so (data-draft) is sent to the server a moment after the last letter, so that neither a
   closed browser nor a lost connection takes it. The page says when; nothing else depends on it. */
"use strict";
(() => {
  const WAIT = 800; // ms after the last letter
  for (const line of document.querySelectorAll("[data-draft]")) {
    const form = line.closest("form");
    let later = 0, asking = null;

    function said(words) {
      if (line.textContent !== words) line.textContent = words; // said again only when it says something new
    }

    function typed() {
      const sent = new FormData(form);
      for (const field of form.querySelectorAll("[type=password], [type=file]")) sent.delete(field.name);
      sent.set("borrador", line.dataset.form);
      return new URLSearchParams(sent);
    }

    async function keep(last) {
      clearTimeout(later);
      later = 0;
      asking?.abort();
      const mine = asking = new AbortController();
      try {
        const answer = await fetch(line.dataset.draft, { method: "POST", body: typed(), redirect: "manual", keepalive: last, signal: mine.signal });
        if (answer.type === "opaqueredirect") return said("El borrador no se guarda: tu sesión terminó. Entra otra vez en otra pestaña.");
        if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
        const words = await answer.text();
        if (mine === asking) said(words);
      } catch (fault) {
        if (fault.name !== "AbortError") said("No pudimos guardar el borrador. Lo intentamos de nuevo cuando sigas escribiendo.");
      }
    }

    form.addEventListener("input", () => { clearTimeout(later); later = setTimeout(keep, WAIT, false); });
    form.addEventListener("submit", () => { clearTimeout(later); later = 0; asking?.abort(); }); // what is sent, the page itself keeps
    document.addEventListener("visibilitychange", () => { if (document.hidden && later) keep(true); });
    addEventListener("pagehide", () => { if (later) keep(true); });
  }
})();
