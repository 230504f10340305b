// A screen without a keyboard: keys to tap, candidates out of the public index, and a clock that
// forgets everything. Every step replaces the one before: there is no history to go back through.
(() => {
  "use strict";

  const WARN_SECONDS = 20;
  const KINDS = { title: "标题", publisher: "机构", document_number: "文号" };
  const { idle, reset } = document.body.dataset;
  const go = (address) => location.replace(address);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    go(link.href);
  });
  document.addEventListener("contextmenu", (event) => event.preventDefault());

  // Typing

  const keyboard = document.getElementById("keyboard");
  if (keyboard) {
    const field = document.getElementById("typed");
    const candidates = document.getElementById("candidates");
    let whole = field.value; // what was chosen already
    let letters = ""; // the sounds that are being tapped
    let asking = null;
    keyboard.hidden = false;

    const show = () => { field.value = whole + letters; };
    const press = (key) => {
      if (/[a-z]/.test(key)) letters += key;
      else { whole += letters + key; letters = ""; }
      show();
      ask();
    };
    const acts = {
      back: () => {
        if (letters) letters = letters.slice(0, -1);
        else whole = [...whole].slice(0, -1).join("");
        show();
        ask();
      },
      clear: () => { whole = letters = ""; show(); ask(); },
    };
    keyboard.addEventListener("click", (event) => {
      const { key, act } = event.target.closest("button")?.dataset ?? {};
      if (key) press(key);
      if (act) acts[act]();
    });
    field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      search(field.value);
    });

    function search(text) {
      if (!text.trim()) return;
      const fields = new FormData(field.form);
      fields.set("q", text);
      go(`/kiosk/list?${new URLSearchParams(fields)}`);
    }

    async function ask() {
      if (asking) asking.abort();
      const typed = letters || whole;
      if (!typed) return candidates.replaceChildren();
      const mine = (asking = new AbortController());
      try {
        const address = `/api/v1/suggest?size=8&q=${encodeURIComponent(typed)}`;
        const response = await fetch(address, { signal: mine.signal, cache: "no-store" });
        const answer = response.ok ? await response.json() : { suggestions: [] };
        if (asking === mine) candidates.replaceChildren(...answer.suggestions.map(draw));
      } catch {
        // Another key was quicker, or the server is away: what is typed can still be searched.
      }
    }

    function draw(suggestion) {
      const button = document.createElement("button");
      const kind = KINDS[suggestion.kind];
      const note = document.createElement("small");
      note.textContent = suggestion.kind === "title" ? kind : `${kind ?? ""} ${suggestion.count} 条`.trim();
      button.type = "button";
      button.append(suggestion.text, " ", note);
      button.addEventListener("click", () => choose(suggestion));
      return button;
    }

    function choose({ kind, text, id }) {
      if (id) {
        const fields = new FormData(field.form);
        fields.delete("q");
        const path = id.split("/").map(encodeURIComponent).join("/");
        go(`${keyboard.dataset.record}${path}?${new URLSearchParams(fields)}`);
      } else if (kind === "document_number") {
        // A code is the beginning of a number: the year and the rest follow.
        whole = text;
        letters = "";
        show();
        ask();
      } else {
        search(letters ? `${whole} ${text}`.trim() : text);
      }
    }

    if (whole) ask();
  }

  // Taking along

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // Forgetting

  const warning = document.getElementById("idle");
  const left = document.getElementById("idle-left");
  let seen = Date.now();
  function wake() {
    seen = Date.now();
    if (warning.open) warning.close();
  }
  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(kind, () => { if (!warning.open) wake(); }, { capture: true, passive: true });
  }
  document.getElementById("idle-go-on").addEventListener("click", wake);
  document.addEventListener("reading", wake); // who listens is there
  setInterval(() => {
    const rest = Number(idle) - (Date.now() - seen) / 1000;
    if (rest <= 0) {
      go(reset);
    } else if (rest <= WARN_SECONDS) {
      left.textContent = String(Math.ceil(rest));
      // The start screen as it is has nothing to forget.
      if (!warning.open && location.pathname + location.search !== reset) warning.showModal();
    }
  }, 1000);
})();
