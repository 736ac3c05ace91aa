// The report beside the conversation: what is cited in it, the step from one citation to the next, its contents, a search, links.
window.genoassist = {};
(() => {
  const panel = () => document.querySelector("#report");
  const rendered = () => document.querySelector("#report .report");
  const behavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
  const label = (name, values) => (document.querySelector(".tools")?.dataset[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key]);

  const show = (element, move) => {
    if (!element) return;
    for (let box = element.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const view = panel();
    const top = element.getBoundingClientRect().top - view.getBoundingClientRect().top;
    view.scrollTo({ top: view.scrollTop + top - view.clientHeight / 4, behavior: behavior() });
    if (move) view.scrollIntoView({ block: "nearest", behavior: behavior() });
  };

  // A link names a place, "at-<document>-<offset>"; the sentence is the one that contains it.
  const sentenceAt = (name) => {
    const [, prefix, offset] = /^(at-.*-)(\d+)$/.exec(name) ?? [];
    if (!prefix || !panel()) return null;
    return panel().querySelector(`[id="${CSS.escape(name)}"]`) ??
      [...panel().querySelectorAll(`.sentence[id^="${CSS.escape(prefix)}"]`)].find(
        (one) => Number(one.id.slice(prefix.length)) <= offset && offset < Number(one.dataset.end),
      );
  };

  // ---- citations: { cites: [{ n, name }], at: index of the one in focus, near: id of a section }
  let active = { cites: [], at: 0, near: "" };

  const paint = () => {
    for (const old of panel().querySelectorAll(".cited, .focus, .near")) {
      old.classList.remove("cited", "focus", "near");
      delete old.dataset.n;
    }
    active.cites.forEach(({ n, name }, place) => {
      const sentence = sentenceAt(name);
      if (!sentence) return;
      sentence.classList.add("cited");
      sentence.dataset.n = [...new Set([...(sentence.dataset.n?.split(" ") ?? []), n])].join(" ");
      if (place === active.at) sentence.classList.add("focus");
    });
    if (active.near) document.getElementById(active.near)?.classList.add("near");
    const steps = document.querySelector("#steps");
    if (!steps) return;
    steps.classList.toggle("none", !active.cites.length);
    const now = active.cites[active.at];
    document.querySelector("#step").textContent = now ? `[${now.n}] ${label("of", { n: active.at + 1, all: active.cites.length })}` : "";
    for (const button of steps.querySelectorAll("button")) button.disabled = active.cites.length < 2;
  };

  const go = (next, move) => {
    active = { at: 0, near: "", ...next };
    paint();
    const focus = panel().querySelector(".sentence.focus") ?? (active.near && document.getElementById(active.near));
    if (!focus) return;
    if (move) {
      focus.tabIndex = -1;
      focus.focus({ preventScroll: true });
    }
    show(focus, move);
  };

  const step = (by) => {
    const count = active.cites.length;
    if (count) go({ cites: active.cites, at: (active.at + by + count) % count }, false);
  };

  const cite = (link) => {
    const name = link.getAttribute("href").slice(1);
    const turn = link.closest(".turn") ?? document;
    const cites = [...turn.querySelectorAll("ol.references a.cite")].map((one) => ({
      n: one.textContent.replace(/\D/g, ""), name: one.getAttribute("href").slice(1),
    }));
    go({ cites, at: Math.max(0, cites.findIndex((one) => one.name === name)) }, true);
  };

  // ---- links to sections
  const follow = (hash, move) => {
    const name = hash.slice(1);
    if (!name || !rendered()) return false;
    const there = rendered().querySelector(`[data-key="${CSS.escape(name)}"]`) ?? document.getElementById(name);
    if (!there || !panel().contains(there)) return false;
    document.querySelector("#contents")?.removeAttribute("open");
    go({ cites: [], near: there.id }, move);
    return true;
  };
  addEventListener("hashchange", () => follow(location.hash, true));

  document.addEventListener("click", (event) => {
    const reference = event.target.closest?.("ol.references li");
    if (reference && !getSelection().isCollapsed) return; // the reader is selecting the quote
    const link = event.target.closest?.('#chat a[href^="#at-"]') ?? reference?.querySelector("a.cite");
    if (link) {
      event.preventDefault();
      if (link.matches(".cite")) cite(link);
      else follow(link.getAttribute("href"), true);
    }
    const local = event.target.closest?.('#source a[href^="#"]');
    if (local && local.getAttribute("href") === location.hash) follow(location.hash, true);
    const button = event.target.closest?.("#source button");
    if (button?.id === "cite-back") step(-1);
    if (button?.id === "cite-on") step(1);
    if (button?.id === "find-back") look(-1);
    if (button?.id === "find-on") look(1);
  });

  // ---- search: letters without case and accents, over the borders of sentences
  let found = [];
  let current = 0;
  const fold = (text) => [...text].map((c) => (c.length === 1 ? c.normalize("NFD")[0].toLowerCase() : c)).join("");

  const search = (words) => {
    found = [];
    const wanted = fold(words.trim());
    const nodes = [];
    let text = "";
    const walker = document.createTreeWalker(rendered(), NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest(".share") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walker.nextNode()) {
      nodes.push([text.length, walker.currentNode]);
      text += fold(walker.currentNode.data);
    }
    const at = (offset) => {
      const [start, node] = nodes.findLast(([begin]) => begin <= offset);
      return [node, Math.min(offset - start, node.length)];
    };
    for (let place = wanted ? text.indexOf(wanted) : -1; place >= 0; place = text.indexOf(wanted, place + wanted.length)) {
      const range = new Range();
      range.setStart(...at(place));
      const [node, end] = at(place + wanted.length - 1);
      range.setEnd(node, end + 1);
      found.push(range);
    }
  };

  const look = (by) => {
    if (by && found.length) current = (current + by + found.length) % found.length;
    const empty = !document.querySelector("#find").value.trim();
    const count = label("of", { n: current + 1, all: found.length });
    document.querySelector("#found").textContent = empty ? "" : found.length ? count : label("none", {});
    if (!window.Highlight) return;
    CSS.highlights.set("find", new Highlight(...found));
    CSS.highlights.set("find-now", new Highlight(...found.slice(current, current + 1)));
    const node = found[current]?.startContainer.parentElement;
    if (node) show(node, false);
  };
  document.addEventListener("input", (event) => {
    if (event.target.id !== "find") return;
    current = 0;
    search(event.target.value);
    look(0);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "find" || event.key !== "Enter") return;
    event.preventDefault();
    look(event.shiftKey ? -1 : 1);
  });

  // ---- what the page says is to be shown: looked at after every change of the page
  let pointed = "";
  let opened = false;
  window.genoassist.report = {
    step,
    update: () => {
      const pointer = document.querySelector("#pointer [data-cites]");
      if (!rendered() || !pointer) return;
      const fresh = !rendered().dataset.seen;
      rendered().dataset.seen = "yes";
      const told = `${pointer.dataset.cites}|${pointer.dataset.focus}`;
      const cites = pointer.dataset.cites.split(" ").filter(Boolean).map((one) => {
        const [, n, name] = /^(\d+):(.*)$/.exec(one);
        return { n, name };
      });
      if (!opened) {
        opened = true;
        pointed = told;
        if (follow(location.hash, true)) return;
        go({ cites, near: pointer.dataset.focus }, false);
      } else if (told !== pointed) {
        pointed = told;
        const same = cites.length && cites[0].name === active.cites[0]?.name && !active.near;
        if (same) (active.cites = cites), paint(); // one more citation: the panel stays where it is
        else go({ cites, near: pointer.dataset.focus }, false);
      } else if (fresh || !document.querySelector("#step")?.dataset.seen) paint();
      const seen = document.querySelector("#step");
      if (seen) seen.dataset.seen = "yes";
    },
  };
})();
