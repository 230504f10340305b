// Kiosk screens: paging by buttons, keys with candidates from the public index, and a timer that
// resets the screen. Every step replaces the one before: the history stays empty.
(() => {
  "use strict";

  const WARN_SECONDS = 20;
  const KINDS = { title: "标题", publisher: "机构", document_number: "文号" };
  const REM = { 1: 24, 2: 30, 3: 38 };
  const { idle, reset, unmeasured } = document.body.dataset;
  const main = document.querySelector("main");
  const pixels = (element, name) => parseFloat(getComputedStyle(element).getPropertyValue(name));

  // Rows of a list that fit on this screen with one note above them. The addresses of lists carry them.
  function countRows(size) {
    const rem = REM[size] ?? REM[1];
    const frame = pixels(document.documentElement, "--frame");
    const columns = pixels(document.documentElement, "--columns");
    const room = innerHeight - frame - 40 - 2.4 * rem - (1.5 * rem + 36) + 16;
    return Math.max(Math.floor(room / (6 * rem + 16)), 1) * columns;
  }
  function go(address) {
    const to = new URL(address, location.href);
    const { searchParams: given } = to;
    if (to.pathname === "/kiosk/list") {
      const rows = countRows(given.get("size"));
      const earlier = given.get("rows") ?? unmeasured;
      given.set("rows", rows);
      if (given.has("page")) given.set("page", Math.floor(((given.get("page") - 1) * earlier) / rows) + 1);
    }
    location.replace(to.href);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    go(link.href);
  });
  document.addEventListener("contextmenu", (event) => event.preventDefault());

  // Time of day, in the city's time zone

  const clock = document.getElementById("clock");
  function showTime() {
    const { zone } = clock.dataset;
    clock.textContent = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date());
  }
  showTime();

  // Rows of a list share the height of the screen

  const list = document.querySelector(".hits");
  if (list) {
    const gap = pixels(list, "row-gap");
    const top = list.getBoundingClientRect().top - main.getBoundingClientRect().top;
    const room = main.clientHeight - top - pixels(main, "padding-bottom") + gap;
    const lines = Math.ceil(list.dataset.rows / pixels(document.documentElement, "--columns"));
    const most = 9 * pixels(document.documentElement, "font-size");
    list.style.setProperty("--row", `${Math.min(Math.floor(room / lines) - gap, most)}px`);
  }

  // Paging: within the screen while there is more of it, then to the next screen

  const bar = document.querySelector(".bar");
  const steps = [...bar.querySelectorAll("[data-step]")];
  const ahead = () => main.scrollHeight - main.clientHeight - main.scrollTop > 2;
  const canMove = (step) => (step.dataset.step === "next" ? ahead() : main.scrollTop > 2);
  const parts = [...main.querySelectorAll("h1, h2, p, li, dl, section, .actions")];
  // The highest element that the lower edge cuts, unless it fills half of the screen.
  function findCut() {
    const { top, bottom } = main.getBoundingClientRect();
    const boxes = parts.map((part) => part.getBoundingClientRect());
    return boxes
      .filter((box) => box.bottom > bottom + 1 && box.top < bottom && box.top > top + main.clientHeight / 2)
      .sort((one, other) => one.top - other.top)[0];
  }
  function showSteps() {
    const useful = steps.filter((step) => step.href || canMove(step));
    for (const step of steps) {
      step.hidden = !useful.length;
      step.classList.toggle("absent", !useful.includes(step));
    }
    if (useful.length) bar.hidden = false;
    // What the edge would cut is shown whole on the next screen.
    const cut = ahead() && findCut();
    const below = cut ? main.getBoundingClientRect().bottom - cut.top + 4 : 0;
    main.style.clipPath = below ? `inset(0 0 ${below}px)` : "";
  }
  function move(way) {
    const { top } = main.getBoundingClientRect();
    const page = main.clientHeight * 0.85;
    const cut = way === "next" && findCut();
    main.scrollTop += cut ? cut.top - top - 12 : way === "next" ? page : -page;
    showSteps();
  }
  for (const step of steps) {
    step.addEventListener("click", (event) => {
      if (!canMove(step)) return;
      event.preventDefault();
      event.stopPropagation();
      move(step.dataset.step);
    });
  }
  showSteps();
  // A bar that appears takes room from the content.
  showSteps();
  window.addEventListener("load", showSteps);

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
        if (asking === mine) offer(answer.suggestions);
      } catch {
        // Another key was quicker, or the server is away: what is typed can still be searched.
      }
    }

    function offer(suggestions) {
      candidates.replaceChildren(...suggestions.map(draw));
      const { bottom } = candidates.getBoundingClientRect();
      for (const each of candidates.children) {
        each.hidden = each.getBoundingClientRect().bottom > bottom + 1;
      }
    }

    function draw(suggestion) {
      const button = document.createElement("button");
      const kind = KINDS[suggestion.kind];
      const note = document.createElement("small");
      note.textContent = suggestion.kind === "title" ? kind : `${kind ?? ""} ${suggestion.count} 条`.trim();
      button.type = "button";
      const text = document.createElement("span");
      text.textContent = suggestion.text;
      button.append(text, note);
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
    showTime();
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
