// <amate-factura>: a button or a form on the shop's own page that leads to its portal. No frame, nothing inline, no cookie:
// it only builds the address that a note's QR carries. Without script, the link inside it is what people see and use.
(() => {
  const portal = new URL("../", document.currentScript.src).href;
  const css = `
:host{display:block;max-width:22rem;font:inherit}
label{display:block;margin:0 0 .25rem;font-weight:600}
input{box-sizing:border-box;width:100%;margin:0 0 .75rem;padding:.6rem;font:inherit;color:#1c1917;background:#fff;border:1px solid #78716c;border-radius:.4rem}
button,a{display:block;box-sizing:border-box;width:100%;padding:.75rem 1rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;
color:var(--amate-texto,#fff);background:var(--amate-color,#1f5135);border:0;border-radius:.4rem}
:focus-visible{outline:3px solid #1d4ed8;outline-offset:2px}
p{margin:0 0 .75rem;color:#9f1239}p:empty{margin:0}`;

  const made = (name, facts) => Object.assign(document.createElement(name), facts);
  const bare = (code) => code.toUpperCase().replace(/[\s-]/g, "");
  const cents = (total) => {
    const said = total.toLowerCase().replace(/[\s$,]|mxn|pesos/g, "");
    return /^\d{1,12}\.\d{2}$/.test(said) ? String(BigInt(said.replace(".", ""))) : "";
  };

  class Factura extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      if ("adoptedStyleSheets" in root) {
        const sheet = new CSSStyleSheet(); // a page's CSP forbids style elements, not these
        sheet.replaceSync(css);
        root.adoptedStyleSheets = [sheet];
      }
      const code = bare(this.getAttribute("codigo") || "");
      const total = cents(this.getAttribute("total") || "");
      const words = this.getAttribute("texto") || "Facturar mi compra";
      if (code && total) root.append(made("a", { href: `${portal}${code}/${total}`, textContent: words }));
      else if (this.hasAttribute("formulario")) root.append(this.form(words));
      else root.append(made("a", { href: portal, textContent: words }));
    }

    form(words) {
      const form = made("form", { noValidate: true });
      const code = made("input", { id: "codigo", autocomplete: "off", autocapitalize: "characters", spellcheck: false, maxLength: 40 });
      const total = made("input", { id: "total", autocomplete: "off", inputMode: "decimal", maxLength: 24 });
      const wrong = made("p", { id: "error" });
      wrong.setAttribute("role", "alert");
      form.append(
        wrong,
        made("label", { htmlFor: "codigo", textContent: "Código de facturación" }), code,
        made("label", { htmlFor: "total", textContent: "Total de tu compra" }), total,
        made("button", { textContent: words }),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const bad = bare(code.value).length !== 12 ? [code, "Son 12 letras y números, debajo del QR de tu nota."]
          : cents(total.value) === "" ? [total, "Escribe el total con centavos, como 1,248.50."] : null;
        for (const one of [code, total]) one.removeAttribute("aria-describedby");
        wrong.textContent = bad ? bad[1] : "";
        if (bad) {
          bad[0].setAttribute("aria-describedby", "error");
          bad[0].focus();
          return;
        }
        location.assign(`${portal}${encodeURIComponent(bare(code.value))}/${cents(total.value)}`);
      });
      return form;
    }
  }
  if (!customElements.get("amate-factura")) customElements.define("amate-factura", Factura);
})();
