// The search box completes what is typed: an ARIA combobox with a list box under it. Without this
// file the box searches as before. Pattern: ARIA Authoring Practices, editable combobox with list.
(() => {
  "use strict";

  const WAIT_MS = 120; // between a key and the question, so that not every key asks
  const KINDS = { term: "", title: "标题", publisher: "机构", document_number: "文号" };

  class Combobox {
    constructor(input) {
      this.input = input;
      this.form = input.form;
      this.options = [];
      this.active = -1;
      this.typed = input.value;
      this.isComposing = false;
      this.list = document.createElement("ul");
      this.status = document.createElement("p");
      this.build();
      this.listen();
    }

    build() {
      const { input, list, status } = this;
      list.id = `${input.id}-suggestions`;
      list.className = "suggestions";
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "检索建议");
      list.hidden = true;
      status.className = "unseen";
      status.setAttribute("role", "status");
      for (const [name, value] of Object.entries({
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": list.id,
        "aria-haspopup": "listbox",
      })) input.setAttribute(name, value);
      input.after(list, status);
    }

    listen() {
      const { input, list } = this;
      // While an input method composes, the text is half typed: nothing is asked, no key is ours.
      input.addEventListener("compositionstart", () => { this.isComposing = true; this.forget(); });
      input.addEventListener("compositionend", () => { this.isComposing = false; this.askSoon(); });
      input.addEventListener("input", (event) => {
        if (!this.isComposing && !event.isComposing) this.askSoon();
      });
      input.addEventListener("keydown", (event) => this.onKey(event));
      input.addEventListener("blur", () => this.close());
      // The text field keeps the focus while an option is pressed.
      list.addEventListener("pointerdown", (event) => event.preventDefault());
      list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose(this.options.indexOf(option));
      });
      this.form.addEventListener("submit", () => this.close());
    }

    onKey(event) {
      if (this.isComposing || event.isComposing || event.keyCode === 229) return;
      const isOpen = !this.list.hidden;
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves && !event.altKey) {
        event.preventDefault();
        if (isOpen) this.move(moves[event.key]);
        else this.ask();
      } else if (event.key === "Enter" && isOpen && this.active >= 0) {
        event.preventDefault();
        this.choose(this.active);
      } else if (event.key === "Escape" && isOpen) {
        event.preventDefault();
        this.input.value = this.typed;
        this.close();
      }
    }

    askSoon() {
      this.typed = this.input.value;
      this.forget();
      this.timer = setTimeout(() => this.ask(), WAIT_MS);
    }

    // Answers to earlier questions must not come over later ones.
    forget() {
      clearTimeout(this.timer);
      if (this.asking) this.asking.abort();
      this.asking = null;
    }

    async ask() {
      this.forget();
      const text = this.input.value.trim();
      if (!text || text.length > 100) return this.close();
      const asking = new AbortController();
      this.asking = asking;
      try {
        const { suggest } = this.input.dataset;
        const address = `${suggest}${suggest.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`;
        const response = await fetch(address, { signal: asking.signal, credentials: "omit" });
        if (!response.ok) return this.close();
        const answer = await response.json();
        if (this.asking === asking && document.activeElement === this.input) this.show(answer.suggestions);
      } catch {
        // Aborted, or the network is away: the box searches without suggestions.
      }
    }

    show(suggestions) {
      this.active = -1;
      this.options = suggestions.map((each, at) => this.buildOption(each, at));
      this.list.replaceChildren(...this.options);
      const isOpen = this.options.length > 0;
      this.list.hidden = !isOpen;
      this.input.setAttribute("aria-expanded", String(isOpen));
      this.input.removeAttribute("aria-activedescendant");
      this.status.textContent = isOpen ? `有 ${this.options.length} 条建议，用上下键选择` : "没有建议";
    }

    buildOption(suggestion, at) {
      const option = document.createElement("li");
      option.id = `${this.list.id}-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.text = suggestion.text;
      if (suggestion.id) option.dataset.id = suggestion.id;
      const text = document.createElement("span");
      text.className = "text";
      text.textContent = suggestion.text;
      const note = document.createElement("span");
      note.className = "count";
      const kind = KINDS[suggestion.kind] || "";
      note.textContent = suggestion.kind === "title" ? kind : `${kind} ${suggestion.count} 条`.trim();
      option.append(text, " ", note);
      return option;
    }

    move(step) {
      const places = this.options.length + 1; // one of them is the text as typed
      this.active = ((this.active + 1 + step + places) % places) - 1;
      this.options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.active)));
      const option = this.options[this.active];
      this.input.value = option ? option.dataset.text : this.typed;
      if (option) {
        this.input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else {
        this.input.removeAttribute("aria-activedescendant");
      }
    }

    choose(at) {
      const { text, id } = this.options[at].dataset;
      this.close();
      if (id) {
        const path = `/records/${id.split("/").map(encodeURIComponent).join("/")}`;
        location.assign(new URL(path, this.form.action));
        return;
      }
      this.input.value = text;
      this.form.requestSubmit ? this.form.requestSubmit() : this.form.submit();
    }

    close() {
      this.forget();
      this.list.hidden = true;
      this.active = -1;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  document.querySelectorAll("input[data-suggest]").forEach((input) => new Combobox(input));
})();
