// A search box on another site's page. The form works without this file; with it, the box completes
// what is typed. It sets no cookie, and needs GONGKAI_ALLOWED_ORIGINS to name the page's site.
//
//   <form data-gongkai action="https://xxgk.example.gov.cn/search"> … <input name="q"> … </form>
//   <script src="https://xxgk.example.gov.cn/static/embed.js" defer></script>
(() => {
  "use strict";

  const home = new URL(document.currentScript.src).origin;
  const STYLES = `
    .gongkai-field { position: relative; display: inline-block; max-width: 100%; }
    .gongkai-field .suggestions { position: absolute; z-index: 9999; top: 100%; left: 0; min-width: 100%;
      max-height: 60vh; overflow-y: auto; box-sizing: border-box; margin: 0; padding: 0; list-style: none;
      color: #1b1b1d; background: #fff; border: 1px solid #77757a; text-align: left; }
    .gongkai-field .suggestions[hidden] { display: none; }
    .gongkai-field .suggestions li { display: flex; justify-content: space-between; gap: 1em;
      margin: 0; padding: .5em .8em; min-height: 44px; box-sizing: border-box; align-items: center;
      list-style: none; cursor: pointer; }
    .gongkai-field .suggestions li:hover, .gongkai-field .suggestions li[aria-selected=true] { background: #e8eef7; }
    .gongkai-field .suggestions .count { color: #595b63; white-space: nowrap; }
    .gongkai-field .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
      clip-path: inset(50%); white-space: nowrap; }`;

  // A style sheet of the script's own is allowed where the page's policy forbids inline styles.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  document.querySelectorAll("form[data-gongkai]").forEach((form, at) => {
    const input = form.querySelector("input[name=q]");
    if (!input || input.dataset.suggest) return;
    const unit = form.querySelector("input[name=unit]");
    const field = document.createElement("span");
    field.className = "gongkai-field";
    input.replaceWith(field);
    field.append(input);
    input.id ||= `gongkai-q-${at}`;
    input.autocomplete = "off";
    const address = new URL("/api/v1/suggest", home);
    if (unit) address.searchParams.set("unit", unit.value);
    input.dataset.suggest = address;
  });

  const combobox = document.createElement("script");
  combobox.src = new URL("/static/combobox.js", home);
  document.head.append(combobox);
})();
