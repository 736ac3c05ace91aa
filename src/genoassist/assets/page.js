// What the page does in the browser: show a cited sentence in the report, follow the page's language, speak once.
(() => {
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const report = () => document.querySelector("#report");

  const show = (element, move) => {
    if (!element) return;
    for (let box = element.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const panel = report();
    const behavior = still() ? "auto" : "smooth";
    const top = element.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    panel.scrollTo({ top: panel.scrollTop + top - panel.clientHeight / 4, behavior });
    if (move) panel.scrollIntoView({ block: "nearest", behavior });
  };

  // A link names a place, "#at-<document>-<offset>"; the sentence is the one that contains it.
  const sentenceAt = (href) => {
    const [, prefix, offset] = /^#(at-.*-)(\d+)$/.exec(href) ?? [];
    if (!prefix) return null;
    const exact = report().querySelector(`[id="${CSS.escape(href.slice(1))}"]`) ?? document.getElementById(href.slice(1));
    if (exact) return exact;
    return [...report().querySelectorAll(`.sentence[id^="${CSS.escape(prefix)}"]`)].find(
      (one) => Number(one.id.slice(prefix.length)) <= offset && offset < Number(one.dataset.end),
    );
  };

  document.addEventListener("click", (event) => {
    const reference = event.target.closest?.("ol.references li");
    if (reference && !getSelection().isCollapsed) return; // the reader is selecting the quote
    const link = event.target.closest?.('a[href^="#at-"]') ?? reference?.querySelector('a[href^="#at-"]');
    if (!link || !report()) return;
    event.preventDefault();
    const sentence = sentenceAt(link.getAttribute("href"));
    if (!sentence) return;
    for (const old of report().querySelectorAll(".cited, .focus")) {
      old.classList.remove("cited", "focus");
      delete old.dataset.n;
    }
    report().querySelector(".report").classList.add("chosen"); // from now on the reader's choice, not the last answer's
    const message = link.closest(".message") ?? document;
    for (const other of message.querySelectorAll('a.cite[href^="#at-"]')) {
      const cited = sentenceAt(other.getAttribute("href"));
      cited?.classList.add("cited");
      const numbers = new Set([...(cited?.dataset.n?.split(" ") ?? []), other.textContent.replace(/\D/g, "")]);
      if (cited) cited.dataset.n = [...numbers].join(" ");
    }
    sentence.classList.add("focus");
    sentence.tabIndex = -1;
    sentence.focus({ preventScroll: true });
    show(sentence, true);
  });

  let shown = "";
  const follow = () => {
    const rendered = report()?.querySelector(".report");
    const focus = rendered?.dataset.focus ?? "";
    if (!rendered || rendered.dataset.seen) return;
    rendered.dataset.seen = "yes";
    if (focus) show(document.getElementById(focus), false);
    else if (shown) report().scrollTo({ top: 0 });
    shown = focus;
  };

  const name = () => {
    // The finished answer is announced once, from its own region, not letter by letter while it is written.
    for (const log of document.querySelectorAll('#chat [aria-live]:not([aria-live="off"])')) log.setAttribute("aria-live", "off");
    const spoken = document.querySelector("#spoken");
    if (spoken && !spoken.hasAttribute("aria-live")) {
      spoken.setAttribute("aria-live", "polite");
      spoken.setAttribute("role", "status");
    }
    // gradio labels a message with its whole source; the text itself is the better name.
    for (const message of document.querySelectorAll("#chat [data-testid=user], #chat [data-testid=bot]")) message.removeAttribute("aria-label");
    const log = document.querySelector("#chat [role=log]");
    const talk = document.querySelector("#talk-title")?.textContent.trim();
    if (log && talk && log.getAttribute("aria-label") !== talk) log.setAttribute("aria-label", talk);
    const panel = report();
    if (panel && panel.tabIndex !== 0) panel.tabIndex = 0;
    const title = document.querySelector("#source-title");
    if (panel && title) {
      panel.setAttribute("role", "region");
      panel.setAttribute("aria-label", title.textContent.trim());
    }
    const language = document.querySelector("#masthead [lang]")?.lang;
    if (language && document.documentElement.lang !== language) document.documentElement.lang = language;
  };

  // The newest question stays at the top of the conversation while its answer grows, unless the reader scrolls.
  let asked = 0;
  let held = false;
  const hold = () => {
    const log = document.querySelector("#chat [role=log]");
    const questions = log?.querySelectorAll("[data-testid=user]") ?? [];
    if (questions.length !== asked) held = questions.length > asked;
    asked = questions.length;
    if (!held || !asked) return;
    const last = questions[asked - 1];
    log.scrollTop += last.getBoundingClientRect().top - log.getBoundingClientRect().top - 14;
  };
  for (const act of ["wheel", "touchmove", "keydown", "pointerdown"])
    document.addEventListener(act, (event) => (held = held && !event.target.closest?.("#chat")), { passive: true });

  const start = () =>
    new MutationObserver(() => {
      name();
      follow();
      hold();
    }).observe(document.body, { childList: true, subtree: true });
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
