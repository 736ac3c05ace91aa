// The conversation: what is clicked in it, the quote of a citation on hover, shortcuts, saying an answer once.
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const container = () => $(".gradio-container");
  const visible = (selector) => $(selector)?.checkVisibility() ?? false;
  const asking = () => visible("#stop");
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const box = () => $("#question textarea");

  // ---- actions
  const copy = async (link) => {
    const lines = [...link.closest(".turn").querySelectorAll(".plain > span")].map((one) => one.textContent);
    await navigator.clipboard.writeText(lines.join("\n"));
    const words = link.textContent;
    link.textContent = $("#export .menu").dataset.copied;
    setTimeout(() => (link.textContent = words), 2000);
  };

  const edit = (what) => {
    tell("actor", what);
    box().focus();
  };

  let judged = null;
  const judge = (n) => {
    judged = n;
    const dialog = $("#feedback");
    $("form", dialog).reset();
    dialog.returnValue = "";
    dialog.showModal();
  };
  document.addEventListener("close", ({ target }) => {
    if (target.id !== "feedback" || target.returnValue !== "send") return;
    const form = new FormData($("form", target));
    tell("actor", { do: "feedback", n: judged, fault: form.get("fault"), line: form.get("line") });
  }, true);

  const act = (what, link) => {
    if (what.do === "copy") copy(link);
    else if (what.do === "wrong") judge(what.n);
    else if (what.do === "export") what.form === "print" ? print() : tell("actor", what);
    else if (asking()) return;
    else if (what.do === "edit" || what.do === "revise") edit(what);
    else tell("asker", what);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-do]");
    if (button) act({ ...button.dataset }, button);
    const link = event.target.closest?.("a.act");
    if (link) {
      event.preventDefault();
      const [, name, n] = /^#(\w+)-(\d+)$/.exec(link.getAttribute("href"));
      act({ do: name, n: Number(n) }, link);
    }
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (!menu.contains(event.target) || button) menu.open = false;
  });

  window.genoassist.save = (file) => {
    if (!file) return;
    const bytes = Uint8Array.from(atob(file.base64), (c) => c.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: file.type }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  // ---- the quote of a citation, while the pointer or the keyboard is on it
  let quoted = null;
  let leaving = 0;
  const popover = () => {
    const made = $("#popover");
    if (made) return made;
    const fresh = document.createElement("div");
    fresh.id = "popover";
    fresh.setAttribute("role", "tooltip");
    fresh.className = "none";
    container().append(fresh);
    return fresh;
  };
  const hide = () => {
    quoted?.removeAttribute("aria-describedby");
    quoted = null;
    popover().classList.add("none");
  };
  const quote = (link) => {
    clearTimeout(leaving);
    if (quoted === link) return;
    const number = link.textContent;
    const reference = [...link.closest(".turn").querySelectorAll("ol.references li")].find((one) => $("a.cite", one).textContent === number);
    if (!reference) return;
    hide();
    quoted = link;
    const shown = popover();
    shown.replaceChildren(...[...reference.children].filter((one) => !one.matches("a")).map((one) => one.cloneNode(true)));
    shown.classList.remove("none");
    link.setAttribute("aria-describedby", "popover");
    const place = link.getBoundingClientRect();
    const left = Math.min(place.left, innerWidth - shown.offsetWidth - 8);
    const above = place.top - shown.offsetHeight - 6;
    shown.style.left = `${Math.max(8, left)}px`;
    shown.style.top = `${above > 8 ? above : place.bottom + 6}px`;
  };
  const over = (event) => event.target.closest?.("#chat .said a.cite");
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (over(event)) quote(over(event));
    else if (event.target.closest?.("#popover")) clearTimeout(leaving);
    else if (quoted && document.activeElement !== quoted) leaving = setTimeout(hide, 200);
  });
  document.addEventListener("focusin", (event) => (over(event) ? quote(over(event)) : quoted && hide()));
  document.addEventListener("scroll", () => quoted && hide(), true);

  // ---- keyboard
  const escape = () => {
    const menu = $("details.menu[open]");
    if (quoted) return hide();
    if (menu) {
      menu.open = false;
      return $("summary", menu).focus();
    }
    if (asking()) return $("#stop").click();
    if ($("#notice p")) return tell("actor", { do: "cancel" });
  };
  const keys = {
    q: () => box()?.focus(),
    s: () => $("#find")?.focus(),
    n: () => $("#clear")?.click(),
    arrowup: () => window.genoassist.report.step(-1),
    arrowdown: () => window.genoassist.report.step(1),
  };
  let sent = -1000, said = ""; // a key that bounces asks once
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.target !== box()) return;
    if (event.timeStamp - sent < 500 && event.target.value === said) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else [sent, said] = [event.timeStamp, event.target.value];
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !$("dialog[open]")) return escape();
    if (event.key === " " && event.target.matches?.("a.act")) {
      event.preventDefault();
      return event.target.click();
    }
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const typed = event.key.toLowerCase();
    const act = keys[typed] ?? keys[event.code.replace("Key", "").toLowerCase()]; // Alt makes other letters on a Mac
    if (!act) return;
    event.preventDefault();
    act();
  });

  // ---- names, language, and one voice for a screen reader
  // gradio keeps its timers in its components, where a live region would read them out: the voice has a place of its own.
  const voiced = {};
  const say = (words, language) => {
    let voice = $("#voice");
    if (!voice) {
      voice = document.createElement("div");
      Object.assign(voice, { id: "voice", className: "hidden", role: "status", ariaLive: "polite" });
      document.body.append(voice);
    }
    voice.lang = language;
    voice.textContent = words;
  };
  const set = (element, name, value) => element && element.getAttribute(name) !== value && element.setAttribute(name, value);
  const name = () => {
    // The finished answer is announced once, from its own region, not letter by letter while it is written.
    for (const log of document.querySelectorAll('#chat [aria-live]:not([aria-live="off"])')) log.setAttribute("aria-live", "off");
    for (const source of ["#spoken .said", "#notice p"]) {
      const words = $(source)?.textContent.trim() ?? "";
      if (words && words !== voiced[source]) say(words, $(source).lang || $(source).closest("[lang]")?.lang);
      voiced[source] = words;
    }
    // gradio labels a message with its whole source; the text itself is the better name.
    for (const message of document.querySelectorAll("#chat [data-testid=user], #chat [data-testid=bot]")) message.removeAttribute("aria-label");
    const log = $("#chat [role=log]");
    const talk = $("#talk-title")?.textContent.trim();
    if (talk) set(log, "aria-label", talk);
    set(log, "tabindex", "0");
    const panel = $("#report");
    set(panel, "tabindex", "0");
    set(panel, "role", "region");
    set(panel, "aria-label", $("#source-title")?.textContent.trim() ?? "");
    const language = $("#masthead [lang]")?.lang;
    if (language && document.documentElement.lang !== language) document.documentElement.lang = language;
    const title = $("#masthead h1")?.textContent;
    if (title && document.title !== title) document.title = title;
    const lost = [...document.querySelectorAll(".toast-body.error")].some((one) => one.textContent.includes("Connection"));
    document.body.classList.toggle("lost", lost);
  };

  // ---- the newest question stays at the top of the conversation until its answer is there, unless the reader scrolls
  let asked = -1;
  let held = false;
  const hold = () => {
    const log = $("#chat [role=log]");
    const questions = log?.querySelectorAll("[data-testid=user]") ?? [];
    if (questions.length !== asked) held = questions.length > asked && asked >= 0;
    if (asking()) sessionStorage.removeItem("genoassist-draft");
    if (asked < 0 && questions.length) held = true; // a conversation that was kept: its last question
    asked = log ? questions.length : -1;
    if (!held || asked < 1) return;
    const last = questions[asked - 1];
    log.scrollTop += last.getBoundingClientRect().top - log.getBoundingClientRect().top - 14;
    held = asking();
  };
  for (const moved of ["wheel", "touchmove", "keydown", "pointerdown"])
    document.addEventListener(moved, (event) => (held = held && !event.target.closest?.("#chat")), { passive: true });

  // A question that was typed and not yet asked outlives a lost connection.
  document.addEventListener("input", (event) => event.target === box() && sessionStorage.setItem("genoassist-draft", box().value));
  const draft = sessionStorage.getItem("genoassist-draft");
  let restored = !draft;
  const restore = () => {
    if (restored || !box() || !$("#report .report")) return;
    restored = true;
    setTimeout(() => { // gradio is still filling in the page, the box included
      if (box().value || asking()) return;
      box().value = draft;
      box().dispatchEvent(new Event("input", { bubbles: true }));
    }, 500);
  };

  let due = false;
  const update = () => {
    due = false;
    name();
    window.genoassist.report.update();
    hold();
    restore();
  };
  // The columns take what the masthead leaves of the window, however many lines it has.
  const fit = () => {
    const above = $("#desk") ? $("#desk").getBoundingClientRect().top + scrollY : 0;
    if (above) document.documentElement.style.setProperty("--above", `${Math.ceil(above)}px`);
  };
  const start = () => {
    new MutationObserver(() => {
      if (due) return;
      due = true;
      queueMicrotask(update);
    }).observe(document.body, { childList: true, subtree: true });
    new ResizeObserver(fit).observe(document.body);
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
