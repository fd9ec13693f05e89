// What a buyer wants remembered stays in his browser: nothing of it is sent, and no server is asked whose an RFC is.
(() => {
  const box = document.querySelector("[data-remember]");
  const form = box && box.closest("form");
  let shelf;
  try {
    shelf = window.localStorage;
  } catch {
    return; // a browser that keeps nothing
  }
  if (!form || !shelf) return;

  const key = `amate:datos:${box.dataset.remember}`;
  const names = ["rfc", "nombre", "cp", "regimen_fiscal", "uso_cfdi", "correo"];
  const tick = box.querySelector("input");
  const offer = form.querySelector("[data-remembered]");
  const said = form.querySelector("[data-remember-said]");

  const read = () => {
    try {
      const kept = JSON.parse(shelf.getItem(key) || "null");
      return kept && typeof kept.rfc === "string" ? kept : null;
    } catch {
      return null;
    }
  };

  const fill = (kept) => {
    for (const name of names) {
      const value = typeof kept[name] === "string" ? kept[name] : "";
      const radio = form.querySelector(`input[type=radio][name="${name}"][value="${CSS.escape(value)}"]`);
      const field = form.querySelector(`#${name}`);
      if (radio) radio.checked = true;
      else if (field && field.type !== "radio") field.value = value;
    }
    form.querySelector("#rfc").dispatchEvent(new Event("change", { bubbles: true }));
  };

  const kept = read();
  box.hidden = false;
  tick.checked = kept !== null;
  offer.hidden = kept === null || form.querySelector("#rfc").value !== "";

  offer.querySelector("[data-use]").addEventListener("click", () => {
    fill(read() || {});
    offer.hidden = true;
    said.textContent = said.dataset.used;
    form.querySelector("#rfc").focus();
  });

  offer.querySelector("[data-forget]").addEventListener("click", () => {
    shelf.removeItem(key);
    tick.checked = false;
    offer.hidden = true;
    said.textContent = said.dataset.forgotten;
    form.querySelector("#rfc").focus();
  });

  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.name === "leer") return; // half of it is still to come
    if (!tick.checked) return shelf.removeItem(key);
    const typed = new FormData(form);
    try {
      shelf.setItem(key, JSON.stringify(Object.fromEntries(names.map((name) => [name, typed.get(name) || ""]))));
    } catch {
      // full, or shut: the invoice does not depend on it
    }
  });
})();
