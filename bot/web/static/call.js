// The operators' workbench, live: the notes are read at every pause, the draft is kept every two seconds, and
// everything has a key. Nothing is stored in the browser; without this script the page works as plain forms.
(() => {
  "use strict";
  const doc = document, form = doc.getElementById("call"), byId = (id) => doc.getElementById(id);
  const composing = (e) => e.isComposing || e.keyCode === 229; // an input method is choosing a character

  const away = doc.querySelector("[data-back]"); // sheet, end and receipt: Escape goes back
  if (away) doc.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !composing(e)) location.href = away.dataset.back;
  });
  if (!form) return;

  const PAUSE = 90, EVERY = 2000, LOOK = 250;
  const field = form.elements, notes = field.notes, words = JSON.parse(byId("kept").dataset.words), slot = {};
  for (const el of doc.querySelectorAll("[id^=p-]")) slot[el.id.slice(2)] = el;
  let dirty = false, unread = false, busy = false, stuck = false, queue = [], after = [], turn = 0;
  let pause, looking, looked = "";
  const began = Date.now() - 1000 * form.dataset.elapsed;
  field.window.value = crypto.getRandomValues(new Uint32Array(2)).join("-");

  const say = (state) => { byId("kept").textContent = words[state]; };
  const trouble = (text) => { byId("trouble").hidden = !text; byId("trouble").textContent = text; };

  // -- talking with the server: one request at a time
  const url = (action) => `/office/calls/${form.dataset.key}/${action}`;
  const post = (action, body) => fetch(url(action), { method: "POST", headers: { "X-Fragment": "1" }, body });
  function page(extra) {
    field.turn.value = ++turn;
    const data = new FormData(form);
    for (const name in extra) data.set(name, extra[name]);
    return data;
  }
  function send(action, extra, then) {
    if (stuck) return;
    if (then) after.push(then);
    if (busy) { // every post carries the whole page, so one that waits stands for all; decisions go one by one
      if (action !== "decide" && queue.length && queue[0][0] === "read") queue.shift();
      if (action === "decide" || !queue.length) queue.push([action, extra]);
      return;
    }
    const writes = action !== "read", was = notes.value;
    busy = true;
    unread = false;
    clearTimeout(pause);
    if (writes) { dirty = false; say("saving"); }
    post(action, page(extra)).then((r) => r.text().then((text) => [r.status, text]), () => [0, ""])
      .then(([status, text]) => {
        busy = false;
        stuck = status === 409 && text.includes("data-clash");
        if (status === 200 || stuck) apply(text, was, writes);
        if (status === 200) trouble(""); else if (writes) dirty = true;
        if (status && status !== 200 && !stuck) trouble(detail(text));
        if (writes || !status) say(status === 200 ? "saved" : status ? "unsaved" : "lost");
        if (queue.length) send(...queue.shift()); else after.splice(0).forEach((work) => work());
      });
  }
  function detail(text) { try { return JSON.parse(text).detail; } catch (_) { return words.unsaved; } }

  // -- showing what came back
  function apply(html, was, writes) {
    const holder = doc.createElement("template"), at = doc.activeElement;
    holder.innerHTML = html;
    const data = holder.content.firstElementChild.dataset;
    if (data.version && writes) field.version.value = data.version; // a reading says nothing of who keeps the call
    for (const part of holder.content.querySelectorAll("[data-part]")) {
      const place = slot[part.dataset.part], inside = place.contains(at);
      if (place === slot.marks && notes.value !== was) continue; // typed on meanwhile: the next reading fits
      if (place.innerHTML === part.innerHTML || inside && at.closest(".edit")) continue; // a value is being changed
      const item = inside && at.closest("[data-item]");
      place.innerHTML = part.innerHTML;
      if (item) focusItem(item.dataset.item);
    }
    if (data.fields) { field.own.value = data.own; fill(JSON.parse(data.fields)); }
    scroll();
  }
  const valueOf = (el) => el.type === "checkbox" ? (el.checked ? el.value : "") : el.value;
  function fill(heard) { // only what nobody has typed over
    for (const name in heard) {
      const el = field[name], was = field["was_" + name];
      if (valueOf(el) !== was.value || el === doc.activeElement) continue;
      if (el.type === "checkbox") el.checked = !!heard[name]; else el.value = heard[name];
      was.value = heard[name];
    }
    look();
  }
  const scroll = () => { slot.marks.scrollTop = notes.scrollTop; };

  function look() { // households that fit what is known of the caller
    clearTimeout(looking);
    looking = setTimeout(() => {
      const data = new FormData(), names = ["phone", "name", "place", "receipt", "id_number"];
      for (const name of ["csrf", ...names]) data.set(name, field[name].value);
      const key = names.map((name) => field[name].value).join("|");
      if (key === looked) return;
      looked = key;
      post("callers", data).then((r) => r.ok ? r.text() : "").then((html) => {
        if (key === looked) slot.people.innerHTML = html;
      }, () => { looked = ""; });
    }, LOOK);
  }

  // -- typing
  function changed(soon) {
    dirty = unread = true;
    say("unsaved");
    clearTimeout(pause);
    pause = setTimeout(() => send("read"), soon ? 0 : PAUSE);
  }
  form.addEventListener("input", (e) => {
    if (e.target.closest(".edit")) return;
    if (e.target.name === "kind") form.dataset.kind = e.target.value;
    look();
    if (e.isComposing) dirty = true; else changed(e.target !== notes);
  });
  form.addEventListener("compositionend", () => changed());
  form.addEventListener("focusout", () => { if (dirty) send("keep"); });
  notes.addEventListener("scroll", scroll);
  setInterval(() => { if (dirty) send("keep"); }, EVERY);
  window.addEventListener("pagehide", () => { if (dirty && !stuck) navigator.sendBeacon(url("keep"), page()); });
  window.addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); }); // back from the sheet: as kept
  setInterval(() => {
    const s = Math.floor((Date.now() - began) / 1000);
    byId("clock").textContent = [s / 60, s % 60].map((n) => String(Math.floor(n)).padStart(2, "0")).join(":");
  }, 1000);

  // -- the script
  function toEnd() {
    notes.focus();
    notes.setSelectionRange(notes.value.length, notes.value.length);
    notes.scrollTop = notes.scrollHeight;
  }
  function write(text, at = notes.value.length) { // through the editor, so that Ctrl+Z takes it back
    notes.focus();
    notes.setSelectionRange(at, at);
    if (!doc.execCommand("insertText", false, text)) { notes.setRangeText(text, at, at, "end"); changed(); }
    toEnd();
  }
  function putQuestion() { // what was just typed may have answered the one on the screen; what is typed meanwhile follows
    const at = notes.value.length;
    if (busy || unread) send("read", null, () => putNow(at)); else putNow(at);
  }
  function putNow(at = notes.value.length) {
    const mark = slot.ask.querySelector(".ask").dataset.mark, before = notes.value.slice(0, at);
    if (!mark || before.endsWith(mark)) toEnd();
    else write((before && !before.endsWith("\n") ? "\n" : "") + mark, at);
  }
  function choose(button) { // an answer for the notes, or «field=value»
    const picked = button.value, [name, to] = picked.split("=");
    if (picked[0] === "〔") {
      putNow();
      write(picked.slice(picked.indexOf("〕") + 1));
    } else {
      if (field[name].type === "checkbox") field[name].checked = true; else field[name].value = to;
      toEnd();
    }
    changed(true);
  }
  function pick(number) {
    const button = slot.ask.querySelectorAll("[name=pick]")[number - 1];
    if (button) choose(button);
  }

  // -- what was heard
  const open = () => [...slot.heard.querySelectorAll("li.heard")];
  function focusItem(name) {
    const same = slot.heard.querySelector(`[data-item="${CSS.escape(name)}"]`);
    if (same) same.focus(); else toEnd();
  }
  function decide(li, choice, more) {
    li.className = choice; // at once, so that the next key is about the next one
    const next = open().find((el) => li.compareDocumentPosition(el) & 4) || open()[0];
    if (next) next.focus(); else toEnd();
    send("decide", { decide: `${choice}:${li.dataset.item}`, ...more });
  }
  function edit(li) {
    const held = li.querySelector("template");
    if (!held) return;
    held.replaceWith(held.content.cloneNode(true));
    const box = li.querySelector(".edit [name=value]");
    box.focus();
    if (box.select) box.select();
  }
  function settle(box) {
    const li = box.closest("li"), value = box.querySelector("[name=value]").value;
    li.focus();
    decide(li, "changed", { value });
  }
  function itemKey(e, li) {
    const box = e.target.closest(".edit");
    if (box) return { Enter: () => settle(box), Escape: () => { li.focus(); send("read"); } }[e.key];
    const beside = (el) => el && (() => el.focus()), refuse = () => decide(li, "refused");
    return e.target === li && {
      ArrowDown: beside(li.nextElementSibling), ArrowUp: beside(li.previousElementSibling),
      Tab: !e.shiftKey && li.className !== "refused" && (() => decide(li, "accepted")),
      " ": () => decide(li, "accepted"), Enter: () => edit(li), Delete: refuse, Backspace: refuse
    }[e.key];
  }

  // -- keys and clicks
  function leave(action) {
    if (stuck) return;
    if (busy) { after.push(() => leave(action)); return; }
    field.turn.value = ++turn;
    dirty = false;
    form.requestSubmit(form.querySelector(`[name=go][value=${action}]`));
  }
  function nextKind() {
    const hint = slot.alerts.querySelector("[data-suggests]"), all = [...field.kind].map((el) => el.value);
    field.kind.value = hint ? hint.dataset.suggests : all[(all.indexOf(field.kind.value) + 1) % all.length];
    form.dataset.kind = field.kind.value;
    changed(true);
  }
  function goOn(receipt) {
    field.continues.value = receipt;
    byId("going-on").hidden = !receipt;
    byId("going-on").firstElementChild.textContent = byId("going-on").dataset.words.replace("{receipt}", receipt);
    toEnd();
    changed(true);
  }
  function takeMine(version) {
    field.version.value = version;
    stuck = false;
    slot.clash.textContent = "";
    toEnd();
    send("keep");
  }
  const ALT = { KeyK: nextKind, KeyJ: () => leave("end"), KeyL: () => (slot.people.querySelector("li") || notes).focus() };
  const KEYS = {
    F2: putQuestion, F4: () => { field.phone.focus(); field.phone.select(); }, F8: () => leave("sheet"), Escape: toEnd
  };
  function personKey(e) {
    const { nextElementSibling: next, previousElementSibling: last } = e.target;
    return {
      Enter: () => (e.target.querySelector("[data-continues]") || e.target).click(),
      ArrowDown: next && (() => next.focus()), ArrowUp: last && (() => last.focus())
    }[e.key];
  }
  function workOf(e) {
    const digit = e.altKey && /^Digit([1-9])$/.exec(e.code), li = e.target.closest("[data-item]");
    if (e.ctrlKey || e.metaKey) return null;
    if (digit) return () => { if (after.length) after.push(() => pick(digit[1])); else pick(digit[1]); };
    if (e.altKey) return ALT[e.code];
    if (li) return itemKey(e, li) || KEYS[e.key];
    if (e.shiftKey) return null;
    if (e.key === "Tab" && e.target === notes && open().length) return () => open()[0].focus();
    if (e.key === "Enter" && e.target.matches("input")) return toEnd;
    return e.target.matches(".people > li") && personKey(e) || KEYS[e.key];
  }
  doc.addEventListener("keydown", (e) => {
    const work = !composing(e) && workOf(e);
    if (work) { e.preventDefault(); work(); }
  });
  form.addEventListener("click", (e) => {
    const button = e.target.closest("button, a.change");
    if (!button || button.name === "go") return;
    const li = button.closest("li"), box = button.closest(".edit"), { continues, mine } = button.dataset;
    if (button.type !== "button") e.preventDefault();
    if (button.name === "pick") choose(button);
    else if (box) settle(box);
    else if (button.name === "decide") decide(li, button.value.split(":")[0]);
    else if (button.matches(".change")) edit(li);
    else if (continues !== undefined) goOn(continues);
    else if (mine) takeMine(mine);
  });
  toEnd();
  look();
})();
