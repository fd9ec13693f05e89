/* Passkeys: asks the browser for one and hands its answer to the form. Without this file everything else still works.
   <form data-passkey="add|use|enter">: what is asked for lies in #passkey-options, or for "enter" at the form's address. */
(() => {
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const create = async (options, passwordless) => {
    const asked = { ...options, challenge: toBytes(options.challenge), excludeCredentials: named(options.excludeCredentials) };
    asked.user = { ...options.user, id: toBytes(options.user.id) };
    asked.authenticatorSelection = {
      ...options.authenticatorSelection,
      residentKey: passwordless ? "required" : "discouraged",
      requireResidentKey: passwordless,
      userVerification: passwordless ? "required" : "preferred",
    };
    const made = await navigator.credentials.create({ publicKey: asked });
    return {
      ...common(made),
      response: {
        clientDataJSON: toText(made.response.clientDataJSON),
        attestationObject: toText(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
    };
  };

  const get = async (options) => {
    const asked = { ...options, challenge: toBytes(options.challenge), allowCredentials: named(options.allowCredentials) };
    const used = await navigator.credentials.get({ publicKey: asked });
    return {
      ...common(used),
      response: {
        clientDataJSON: toText(used.response.clientDataJSON),
        authenticatorData: toText(used.response.authenticatorData),
        signature: toText(used.response.signature),
        userHandle: used.response.userHandle ? toText(used.response.userHandle) : null,
      },
    };
  };

  const common = (credential) => ({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  const ask = async (form) => {
    if (form.dataset.passkey === "enter") {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      return get((await answer.json()).request_options.publicKey);
    }
    const data = JSON.parse(document.getElementById("passkey-options").textContent);
    if (form.dataset.passkey === "use") return get(data.request_options.publicKey);
    const box = form.elements.passwordless;
    return create(data.creation_options.publicKey, Boolean(box && box.checked));
  };

  // A passkey belongs to a name: an address of numbers, or one without https, can have none.
  const possible = window.PublicKeyCredential && !/^[\d.]+$|:/.test(location.hostname);
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const told = form.querySelector("[data-told]");
    if (!possible) {
      const why = document.querySelector("[data-impossible]");
      if (why) why.hidden = false;
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      told.hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(await ask(form));
      } catch (fault) {
        told.textContent = fault.name === "InvalidStateError" ? told.dataset.known : told.dataset.failed;
        told.hidden = false;
        return;
      }
      form.submit();
    });
  }
})();
