// Live pages: when the server says that something changed, fetch this page again and exchange the parts marked data-live.
// Everything else works without this file.
(() => {
  "use strict";

  const QUIET_MS = 250;
  const root = document.documentElement;

  const busy = (on) => {
    if (on) root.setAttribute("data-busy", "");
    else root.removeAttribute("data-busy");
  };

  document.addEventListener("submit", (event) => {
    if (event.target.method === "post") {
      if (event.target.dataset.sent) return event.preventDefault();
      event.target.dataset.sent = "yes";
    }
    busy(true);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const leaves = link && link.origin === location.origin && link.pathname + link.search !== location.pathname + location.search;
    if (leaves && !link.hasAttribute("download") && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) busy(true);
  });
  addEventListener("pageshow", () => {
    busy(false);
    for (const form of document.forms) delete form.dataset.sent;
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    const search = document.getElementById("search");
    if (event.key === "/" && !typing && search) {
      event.preventDefault();
      search.focus();
    }
    if (event.key === "Escape") document.querySelector(".menu[open]")?.removeAttribute("open");
  });

  const parts = () => document.querySelectorAll("[data-live][id]");
  const state = document.getElementById("live-state");
  if (!state || !parts().length || !window.EventSource) return;

  // What a person is using is not exchanged under their hands.
  const inUse = (part) => part.contains(document.activeElement) && document.activeElement !== document.body;

  const exchange = (fresh) => {
    for (const part of parts()) {
      const next = fresh.getElementById(part.id);
      if (!next || inUse(part) || part.innerHTML === next.innerHTML) continue;
      const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
      part.replaceChildren(...[...next.childNodes].map((node) => document.adoptNode(node)));
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      part.dataset.updated = String(Number(part.dataset.updated || 0) + 1);
    }
  };

  let timer = 0;
  let asked = null;
  const refresh = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(location.href, { signal: asked.signal, credentials: "same-origin" });
      if (answer.redirected && new URL(answer.url).pathname === "/login") return location.assign("/login");
      if (answer.ok) exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (error) {
      if (error.name !== "AbortError") state.hidden = true;
    }
  };

  const stream = new EventSource("/dashboard/live");
  stream.addEventListener("open", () => { state.hidden = false; });
  stream.addEventListener("error", () => { state.hidden = true; });
  stream.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, QUIET_MS);
  });
  addEventListener("pagehide", () => stream.close());
})();
