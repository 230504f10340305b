// Shows public records for what is typed in 所需政府信息. The text is sent in the body of a
// request, so that no address and no log contains it.
(() => {
  "use strict";

  const PAUSE = 900;
  const SHORTEST = 4;
  const field = document.getElementById("wanted");
  const shown = document.getElementById("public-matches");
  if (!field || !shown) return;
  let timer = 0;
  let waiting = null;
  let asked = field.value.trim();

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });

  async function ask() {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    waiting?.abort();
    if (text.length < SHORTEST) {
      shown.replaceChildren();
      return;
    }
    waiting = new AbortController();
    try {
      const body = new URLSearchParams({ wanted: text });
      const response = await fetch(shown.dataset.address, { method: "POST", body, signal: waiting.signal });
      if (response.ok) shown.innerHTML = await response.text();
    } catch {
      // The form works without the list.
    }
  }
})();
