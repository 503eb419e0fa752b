// The page of a preview: asks for the state of a document, shows the pages that are in view, and follows each change.
"use strict";

const words = JSON.parse(document.body.dataset.words);
const opens = Boolean(document.body.dataset.opens);
const find = (id) => document.getElementById(id);
const list = document.querySelector("#pages ol");
// `source` is what is shown, `wanted` what was asked for and may still be in the making.
const now = { document: "", source: "sketch", wanted: "sketch", said: "", generation: 0, turn: 0 };
const seen = new Set();

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) {
      seen.add(target);
      draw(target);
    } else {
      seen.delete(target);
    }
  }
}, { rootMargin: "300px" });

function asked(more = {}) {
  return new URLSearchParams({ document: now.document, source: now.source, ...more });
}

function element(name, text = "", properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...properties });
}

function say(text) {
  find("said").textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { find("said").textContent = ""; }, 4000);
}

async function refresh() {
  const turn = ++now.turn;
  const waiting = setTimeout(() => { find("source").textContent = [now.said, words.drawing].filter(Boolean).join(" · "); }, 700);
  let state;
  try {
    state = await (await fetch(`/state?${asked({ source: now.wanted })}`)).json();
  } catch {
    return;
  } finally {
    clearTimeout(waiting);
  }
  if (turn !== now.turn) return;
  now.document = state.document;
  now.generation = state.generation;
  if (state.source) now.source = state.source;
  choose(state);
  problems(state);
  pages(state);
}

function choose(state) {
  const select = find("document");
  if ([...select.options].map((one) => one.value).join() !== state.documents.join()) {
    select.replaceChildren(...state.documents.map((name) => element("option", name, { value: name })));
  }
  select.value = state.document;
  document.title = `${state.problems.length ? `(${state.problems.length}) ` : ""}${state.document} – ${words.title}`;
  find("source").dataset.source = state.source;
  now.said = state.source ? words[state.source] + (state.old ? ` · ${words.old}` : "") : "";
  find("source").textContent = now.said;
  const button = find("switch");
  button.hidden = !state.sketched;
  button.textContent = now.wanted === "proof" ? words.back : words.make_proof;
}

function problems(state) {
  find("verdict").textContent = state.problems.length
    ? words.count.replace("{count}", state.problems.length)
    : words.sound;
  find("problems").replaceChildren(...state.problems.map((fault) => {
    const item = element("li");
    const place = element("button", fault.place, { className: "place", type: "button" });
    place.title = opens ? words.open : words.copy;
    place.addEventListener("click", () => take(fault));
    item.append(place, element("p", fault.words));
    return item;
  }));
  find("notes").hidden = !state.notes.length;
  find("notes").lastElementChild.replaceChildren(...state.notes.map((note) => element("li", note)));
}

async function take(fault) {
  if (opens) {
    const body = JSON.stringify({ document: now.document, file: fault.file, row: fault.row });
    const answer = await fetch("/open", { method: "POST", body });
    say(answer.ok ? words.opened : words.not_opened);
    return;
  }
  try {
    await navigator.clipboard.writeText(fault.place);
    say(words.copied);
  } catch {
    say(fault.place);
  }
}

function pages(state) {
  while (list.children.length > state.pages.length) {
    observer.unobserve(list.lastElementChild);
    seen.delete(list.lastElementChild);
    list.lastElementChild.remove();
  }
  list.classList.toggle("old", state.old);
  state.pages.forEach(([width, height], place) => {
    let item = list.children[place];
    if (!item) {
      item = element("li", "", { tabIndex: 0 });
      item.page = place + 1;
      item.addEventListener("keydown", move);
      list.append(item);
      observer.observe(item);
    }
    item.style.aspectRatio = `${width} / ${height}`;
    item.points = width;
    item.setAttribute("aria-label", label(item));
    if (seen.has(item)) draw(item);
  });
}

function label(item) {
  return words.page.replace("{page}", item.page).replace("{pages}", list.children.length);
}

async function draw(item) {
  const wanted = `${now.document} ${now.source} ${now.generation}`;
  if (item.wanted === wanted || !now.document) return;
  item.wanted = wanted;
  const scale = (item.clientWidth / (item.points * 96 / 72)) * Math.min(window.devicePixelRatio, 2);
  const query = asked({ generation: now.generation, scale: scale.toFixed(2) });
  const picture = new Image();
  picture.alt = label(item);
  picture.src = `/picture/${item.page}?${query}`;
  try {
    await picture.decode();
  } catch {
    item.wanted = "";
    return;
  }
  if (item.wanted !== wanted) return;
  picture.dataset.generation = now.generation;
  const before = item.querySelector("img");
  if (before) before.replaceWith(picture); else item.prepend(picture);
  const answer = await fetch(`/figures/${item.page}?${query}`);
  if (answer.ok && item.wanted === wanted) figures(item, await answer.json());
}

function figures(item, places) {
  const focused = item.contains(document.activeElement) ? document.activeElement.dataset.number : "";
  item.querySelectorAll(".place-of-figure").forEach((old) => old.remove());
  places.forEach(([number, printed, left, top, width, height], place) => {
    const button = element("button", "", { className: "place-of-figure", type: "button", tabIndex: place ? -1 : 0 });
    button.setAttribute("aria-label", words.trace.replace("{printed}", printed));
    button.dataset.number = number;
    Object.entries({ left, top, width, height }).forEach(([side, part]) => { button.style[side] = `${part * 100}%`; });
    button.addEventListener("click", () => trace(item, button, left, top));
    item.append(button);
    if (focused === String(number)) button.focus({ preventScroll: true });
  });
}

// One stop of the tabulator for each page; the arrow keys go through its figures.
function move(event) {
  const all = [...event.currentTarget.querySelectorAll(".place-of-figure")];
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const here = all.indexOf(document.activeElement);
  if (here < 0 || (!step && event.key !== "Home" && event.key !== "End")) return;
  event.preventDefault();
  const next = step ? Math.min(Math.max(here + step, 0), all.length - 1) : event.key === "Home" ? 0 : all.length - 1;
  all[here].tabIndex = -1;
  all[next].tabIndex = 0;
  all[next].focus();
}

async function trace(item, button, left, top) {
  const answer = await fetch(`/trace/${button.dataset.number}?${asked({ page: item.page, left, top })}`);
  const told = answer.ok ? await answer.json() : { lines: [] };
  document.querySelectorAll('.place-of-figure[aria-pressed="true"]').forEach((one) => one.removeAttribute("aria-pressed"));
  button.setAttribute("aria-pressed", "true");
  find("hint").hidden = true;
  find("answer").hidden = find("close").hidden = false;
  find("answer").replaceChildren(...told.lines.length ? record(told.lines) : [element("p", words.no_record)]);
}

// The lines of `reportgen trace`: a head, then two blanks, a name of up to ten letters and what it says.
function record(lines) {
  const made = [];
  let list;
  for (const line of lines.filter(Boolean)) {
    if (line.startsWith("  ")) {
      list.append(element("dt", line.slice(2, 12).trim()), element("dd", line.slice(12).trim()));
    } else {
      list = element("dl");
      made.push(element("p", line, { className: "printed" }), list);
    }
  }
  return made;
}

function close() {
  find("answer").hidden = find("close").hidden = true;
  find("hint").hidden = false;
}

find("document").addEventListener("change", (event) => {
  Object.assign(now, { document: event.target.value, wanted: "sketch" });
  close();
  refresh();
  find("pages").scrollTo(0, 0);
});
find("switch").addEventListener("click", () => {
  now.wanted = now.wanted === "proof" ? "sketch" : "proof";
  refresh();
});
find("close").addEventListener("click", close);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

const events = new EventSource("/events");
events.onmessage = (event) => {
  if (Number(event.data) === now.generation) return;
  if (!find("switch").hidden) now.wanted = "sketch";
  refresh();
};
events.addEventListener("end", () => {
  events.close();
  find("source").textContent = words.ended;
});
events.onerror = () => { find("source").textContent = words.ended; };
events.onopen = () => { if (now.generation) refresh(); };
