/* The palette and the keys. Everything here has a plain link or form beside it: without this file nothing is lost. */
"use strict";
(() => {
  const palette = document.getElementById("paleta");
  if (!palette || !palette.showModal) return;
  const form = palette.querySelector("form");
  const box = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const said = palette.querySelector("[role=status]");
  const WAIT = 150; // ms after the last letter
  const LEADS = 1500; // ms in which the letter after "g" must come
  let later = 0, asking = null, led = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) return box.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(chosen());
    choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
  }

  function shows(html) {
    list.innerHTML = html;
    const count = options().length;
    list.hidden = !count;
    box.setAttribute("aria-expanded", String(count > 0));
    box.removeAttribute("aria-activedescendant");
    said.textContent = !count ? "Nada se llama así. Enter busca de todos modos." : count === 1 ? "1 resultado" : `${count} resultados`;
  }

  async function look() {
    asking?.abort();
    const mine = asking = new AbortController();
    const asked = new URLSearchParams({ vista: "lista", q: box.value });
    try {
      const answer = await fetch(`${form.action}?${asked}`, { signal: mine.signal });
      if (answer.redirected) return location.reload(); // the session ended: its door knows the way back
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine === asking) shows(html);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      shows("");
      said.textContent = "No pudimos buscar ahora. Enter lo intenta en su propia página.";
    }
  }

  function open() {
    if (palette.open) return palette.close();
    box.value = "";
    palette.showModal();
    box.focus();
    look();
  }

  box.addEventListener("input", () => { clearTimeout(later); choose(null); later = setTimeout(look, WAIT); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only empty itself
      palette.close();
    }
  });
  form.addEventListener("submit", (event) => {
    const option = chosen();
    if (!option) return;
    event.preventDefault();
    location.assign(option.href);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette || event.target.closest("[data-close]")) palette.close();
  });
  palette.addEventListener("close", () => { clearTimeout(later); asking?.abort(); });
  for (const link of document.querySelectorAll("[data-palette]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); open(); });
  }

  const typing = (target) => target.closest?.("input, select, textarea, [contenteditable], dialog");
  const leads = (selector) => {
    const link = document.querySelector(selector);
    if (link) location.assign(link.href);
    return Boolean(link);
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return open();
    }
    if (!("keys" in document.body.dataset) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (typing(event.target)) return;
    if (event.timeStamp < led) {
      led = 0;
      if (/^[a-z]$/.test(event.key) && leads(`[data-key="${event.key}"]`)) event.preventDefault();
    } else if (event.key === "/") {
      event.preventDefault();
      open();
    } else if (event.key === "?") {
      leads("[data-keyboard]");
    } else if (event.key === "g") {
      led = event.timeStamp + LEADS;
    }
  });
})();
