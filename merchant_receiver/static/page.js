// Replaces the list when something arrives; what is open stays open.
const live = document.getElementById("live");
const source = new EventSource("/stream");
let busy = false;
let again = false;

async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const open = [...document.querySelectorAll("details[open]")].map((one) => one.id);
    const list = fresh.getElementById("deliveries");
    for (const id of open) list.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    document.getElementById("deliveries").replaceWith(list);
  } finally {
    busy = false;
  }
  if (again) { again = false; await refresh(); }
}

let wasLost = false;
source.onopen = () => { live.textContent = "Live."; if (wasLost) { wasLost = false; refresh(); } };
source.onmessage = refresh;
source.onerror = () => { wasLost = true; live.textContent = "Connection lost; trying again."; };
