// Reads a record aloud by the browser's own speech: everything marked data-read, part by part, because
// some browsers stop within a long text. Sends the event "reading" for each part. The button is shown
// only where the system has a Chinese voice; browsers may load their voices late.
(() => {
  "use strict";

  const speech = window.speechSynthesis;
  const button = document.querySelector("[data-read-aloud]");
  if (!button || !speech || typeof SpeechSynthesisUtterance === "undefined") return;
  let isReading = false;

  function show(part) {
    document.querySelectorAll(".reading").forEach((each) => each.classList.remove("reading"));
    if (part) {
      part.classList.add("reading");
      part.scrollIntoView({ block: "nearest" });
    }
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

  function offer() {
    button.hidden = !speech.getVoices().some((voice) => /^(zh|cmn|yue)/i.test(voice.lang));
  }
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    if (isReading) return stop();
    isReading = true;
    readNext([...document.querySelectorAll("[data-read]")]);
  });
  window.addEventListener("pagehide", stop);
})();
