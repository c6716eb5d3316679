"use strict";
(function () {
  const box = document.getElementById("search");
  const field = document.getElementById("search-words");
  const list = document.getElementById("search-found");
  const count = document.getElementById("search-count");
  const most = 30;
  if (!box || !window.handbook) return;
  box.hidden = false;

  const entries = window.handbook.map(function (entry) {
    return { name: entry[0], kind: entry[1], to: entry[2], text: entry[3],
             words: (entry[0] + " " + entry[0].replace(/_/g, " ") + " " + entry[1] + " " + entry[3]).toLowerCase() };
  });

  // A name that begins with the first word comes first, then one that holds it, then what only speaks of it.
  function rank(entry, words) {
    const name = entry.name.toLowerCase();
    const rare = entry.kind === "test" || entry.kind === "citation" ? 3 : 0;
    if (name === words.join(" ") || name === words.join("_")) return rare - 1;
    if (name.startsWith(words[0])) return rare;
    return rare + (name.includes(words[0]) ? 1 : 2);
  }

  function find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    return entries
      .filter(function (entry) { return words.every(function (word) { return entry.words.includes(word); }); })
      .map(function (entry, at) { return [rank(entry, words), at, entry]; })
      .sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; })
      .map(function (found) { return found[2]; });
  }

  function shown(entry) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.to;
    const name = document.createElement("code");
    name.textContent = entry.name;
    const kind = document.createElement("span");
    kind.className = "soft";
    kind.textContent = " " + entry.kind;
    link.append(name, kind);
    item.append(link);
    if (entry.text) {
      const text = document.createElement("span");
      text.className = "found-text";
      text.textContent = entry.text;
      item.append(text);
    }
    return item;
  }

  function update() {
    const found = find(field.value);
    list.replaceChildren.apply(list, found.slice(0, most).map(shown));
    list.hidden = found.length === 0;
    const asked = field.value.trim() !== "";
    count.textContent = !asked ? "" : found.length === 1 ? "1 found" : found.length + " found";
    box.classList.toggle("none", asked && found.length === 0);
  }

  field.addEventListener("input", update);
  field.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { field.value = ""; update(); }
    if (event.key === "ArrowDown" && !list.hidden) { event.preventDefault(); list.querySelector("a").focus(); }
  });
  list.addEventListener("keydown", function (event) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) { if (event.key === "Escape") { field.focus(); } return; }
    const links = Array.from(list.querySelectorAll("a"));
    const next = links.indexOf(document.activeElement) + step;
    event.preventDefault();
    (links[next] || field).focus();
  });
  list.addEventListener("click", function (event) {
    if (event.target.closest("a")) { field.value = ""; update(); }
  });
  document.addEventListener("keydown", function (event) {
    const writing = /^(input|textarea)$/i.test(event.target.tagName);
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); field.focus(); }
  });
})();
