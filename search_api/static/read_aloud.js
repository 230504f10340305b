// Reads a record aloud by the browser's own speech: everything marked data-read, part by part, for some
// browsers fall silent within a long text. Tells of each part by the event "reading".
(() => {
  "use strict";

  const speech = window.speechSynthesis;
  const button = document.querySelector("[data-read-aloud]");
  if (!button || !speech || typeof SpeechSynthesisUtterance === "undefined") return;
  let isReading = false;

  function show(part) {
    document.querySelectorAll(".reading").forEach((each) => each.classList.remove("reading"));
    if (part) part.classList.add("reading");
    button.textContent = isReading ? "停止朗读" : "朗读";
    button.setAttribute("aria-pressed", String(isReading));
  }

  function stop() {
    isReading = false;
    speech.cancel();
    show(null);
  }

  function readNext([part, ...rest]) {
    if (!part || !isReading) return stop();
    const spoken = new SpeechSynthesisUtterance(part.textContent);
    spoken.lang = "zh-CN";
    spoken.onend = () => readNext(rest);
    spoken.onerror = stop;
    show(part);
    document.dispatchEvent(new Event("reading"));
    speech.speak(spoken);
  }

  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    if (isReading) return stop();
    isReading = true;
    readNext([...document.querySelectorAll("[data-read]")]);
  });
  window.addEventListener("pagehide", stop);
})();
