// What only a script can do on a list and on a record: print, share, copy. Each button
// is hidden until this file finds that the browser can do it.
(() => {
  "use strict";

  const status = document.querySelector(".tools .done");
  const say = (text) => { if (status) status.textContent = text; };
  const each = (selector, use) => document.querySelectorAll(selector).forEach(use);

  // On a phone the text comes first: long tables of fields start folded.
  if (matchMedia("(max-width: 40rem)").matches) {
    each("[data-fold-on-phone]", (fold) => { fold.open = false; });
  }

  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  each("[data-share]", (button) => {
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const url = document.getElementById("permalink").value;
      navigator.share({ title: document.title, url }).catch(() => {});
    });
  });

  each("[data-copy]", (button) => {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      say((await copy(field)) ? "已复制。" : "未能复制，请选中文字后自行复制。");
    });
  });

  async function copy(field) {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      // Without HTTPS there is no clipboard; the older way still works.
      field.select();
      return document.execCommand("copy");
    }
  }
})();
