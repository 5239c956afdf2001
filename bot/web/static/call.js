// The operators' workbench, live: the notes are read at every pause, the draft is kept every two seconds, and
// everything has a key. Nothing is stored in the browser; without this script the page works as plain forms.
(function () {
  "use strict";
  var doc = document, form = doc.getElementById("call");
  function each(list, work) { Array.prototype.forEach.call(list, work); }
  function composing(e) { return e.isComposing || e.keyCode === 229; } // an input method is choosing a character

  // Sheet, end and receipt: Escape goes back.
  var away = doc.querySelector("[data-back]");
  if (away) doc.addEventListener("keydown", function (e) {
    if (e.key === "Escape" && !composing(e)) location.href = away.dataset.back;
  });
  if (!form || !window.fetch) return;

  var PAUSE = 120, EVERY = 2000, LOOK = 250;
  var notes = form.elements.notes, slot = {}, words = JSON.parse(doc.getElementById("kept").dataset.words);
  var dirty = false, unread = false, busy = false, queue = [], after = [], turn = 0, stuck = false;
  var pause, looking, looked = "", began = Date.now() - 1000 * form.dataset.elapsed;
  each(doc.querySelectorAll("[id^=p-]"), function (el) { slot[el.id.slice(2)] = el; });
  form.elements.window.value = Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(8)), function (n) {
    return (n + 256).toString(16).slice(1);
  }).join("");
  function url(action) { return "/office/calls/" + form.dataset.key + "/" + action; }
  function say(state) { doc.getElementById("kept").textContent = words[state]; }
  function trouble(text) {
    var el = doc.getElementById("trouble");
    el.hidden = !text;
    el.textContent = text || "";
  }

  // -- talking with the server: one request at a time, the latest wish waits ----------------------------------
  function body(extra) {
    form.elements.turn.value = ++turn;
    var data = new FormData(form);
    Object.keys(extra || {}).forEach(function (name) { data.set(name, extra[name]); });
    return data;
  }
  function send(action, extra, then) {
    if (stuck) return;
    if (then) after.push(then);
    if (busy) { // every post carries the whole page, so one that waits stands for all of them; decisions go one by one
      if (action !== "decide" && queue.length && queue[0][0] === "read") queue.shift();
      if (action === "decide" || !queue.length) queue.push([action, extra]);
      return;
    }
    busy = true;
    unread = false;
    clearTimeout(pause);
    var writes = action !== "read", was = notes.value;
    if (writes) { dirty = false; say("saving"); }
    fetch(url(action), { method: "POST", headers: { "X-Fragment": "1" }, body: body(extra), credentials: "same-origin" })
      .then(function (r) { return r.text().then(function (text) { return [r.status, text]; }); })
      .catch(function () { return [0, ""]; })
      .then(function (r) {
        busy = false;
        if (r[0] === 200) { trouble(""); apply(r[1], was); if (writes) say("saved"); }
        else if (r[0] === 409 && /data-clash/.test(r[1])) { stuck = true; apply(r[1], was); say("unsaved"); }
        else { if (writes) dirty = true; say(r[0] ? "unsaved" : "lost"); if (r[0]) trouble(detail(r[1])); }
        if (queue.length) { var next = queue.shift(); send(next[0], next[1]); }
        else after.splice(0).forEach(function (work) { work(); });
      });
  }
  function detail(text) { try { return JSON.parse(text).detail; } catch (_) { return words.unsaved; } }

  // -- showing what came back ------------------------------------------------------------------------------------
  function apply(html, was) {
    var holder = doc.createElement("template"), root, at = doc.activeElement;
    holder.innerHTML = html;
    root = holder.content.firstElementChild;
    if (root.dataset.version) form.elements.version.value = root.dataset.version;
    each(root.querySelectorAll("[data-part]"), function (part) {
      var place = slot[part.dataset.part];
      if (part.dataset.part === "marks" && notes.value !== was) return; // typed on meanwhile: the next reading fits
      if (place.querySelector(".edit") && place.contains(at)) return; // somebody is changing a value there
      if (place.innerHTML === part.innerHTML) return;
      var item = place.contains(at) && at.closest("[data-item]");
      place.innerHTML = part.innerHTML;
      if (item) focusItem(item.dataset.item);
    });
    if (root.dataset.own !== undefined) { form.elements.own.value = root.dataset.own; fill(JSON.parse(root.dataset.fields)); }
    scroll();
  }
  function fill(fields) {
    Object.keys(fields).forEach(function (name) {
      var el = form.elements[name], was = form.elements["was_" + name], now = value(el);
      if (now === was.value && el !== doc.activeElement) {
        if (el.type === "checkbox") el.checked = !!fields[name]; else el.value = fields[name];
        was.value = fields[name];
      }
    });
    look();
  }
  function value(el) { return el.type === "checkbox" ? (el.checked ? el.value : "") : el.value; }
  function scroll() { slot.marks.scrollTop = notes.scrollTop; }

  // Households that fit what is known of the caller.
  function look() {
    clearTimeout(looking);
    looking = setTimeout(function () {
      var data = new FormData();
      ["csrf", "phone", "name", "place", "receipt"].forEach(function (n) { data.set(n, form.elements[n].value); });
      var key = [form.elements.phone.value, form.elements.name.value, form.elements.place.value, form.elements.receipt.value].join("|");
      if (key === looked) return;
      looked = key;
      fetch(url("callers"), { method: "POST", headers: { "X-Fragment": "1" }, body: data, credentials: "same-origin" })
        .then(function (r) { return r.ok ? r.text() : ""; })
        .then(function (html) { if (key === looked) slot.people.innerHTML = html; }, function () { looked = ""; });
    }, LOOK);
  }

  // -- typing ------------------------------------------------------------------------------------------------------
  function changed(soon) {
    dirty = unread = true;
    say("unsaved");
    clearTimeout(pause);
    pause = setTimeout(function () { send("read"); }, soon ? 0 : PAUSE);
  }
  form.addEventListener("input", function (e) {
    if (e.target === form.elements.receipt) { look(); return; }
    if (e.target.closest(".edit")) return;
    if (e.target.name === "kind") form.dataset.kind = e.target.value;
    if (!e.isComposing) changed(e.target !== notes); else dirty = true;
  });
  form.addEventListener("compositionend", function () { changed(); });
  form.addEventListener("focusout", function () { if (dirty) send("keep"); });
  notes.addEventListener("scroll", scroll);
  setInterval(function () { if (dirty) send("keep"); }, EVERY);
  window.addEventListener("pagehide", function () {
    if (dirty && !stuck && navigator.sendBeacon) navigator.sendBeacon(url("keep"), body());
  });
  setInterval(function () {
    var s = Math.floor((Date.now() - began) / 1000);
    doc.getElementById("clock").textContent = [Math.floor(s / 60), s % 60].map(function (n) { return (n < 10 ? "0" : "") + n; }).join(":");
  }, 1000);

  // -- the script ----------------------------------------------------------------------------------------------------
  function toEnd() { notes.focus(); notes.setSelectionRange(notes.value.length, notes.value.length); notes.scrollTop = notes.scrollHeight; }
  function write(text) { // through the editor, so that Ctrl+Z takes it back
    toEnd();
    if (!doc.execCommand("insertText", false, text)) { notes.setRangeText(text, notes.value.length, notes.value.length, "end"); changed(); }
  }
  function putQuestion() { // what was just typed may have answered the one on the screen
    if (busy || unread) send("read", null, putNow); else putNow();
  }
  function putNow() {
    var ask = slot.ask.querySelector(".ask"), mark = ask ? ask.dataset.mark : "";
    if (!mark || notes.value.slice(-mark.length) === mark) { toEnd(); return; }
    write((notes.value && !/\n$/.test(notes.value) ? "\n" : "") + mark);
  }
  function choose(button) {
    var picked = button.value, at = picked.indexOf("=");
    if (picked.charAt(0) === "〔") {
      putNow();
      write(picked.slice(picked.indexOf("〕") + 1));
    } else {
      var el = form.elements[picked.slice(0, at)], to = picked.slice(at + 1);
      if (el.type === "checkbox") el.checked = true; else el.value = to; // a radio list takes a value, too
      toEnd();
    }
    changed(true);
  }

  // -- what was heard --------------------------------------------------------------------------------------------
  function itemsOf(state) { return slot.heard.querySelectorAll("li" + (state ? "." + state : "")); }
  function focusItem(name) {
    var same = slot.heard.querySelector('li[data-item="' + CSS.escape(name) + '"]');
    if (same) same.focus(); else toEnd();
  }
  function decide(li, choice, more) {
    li.className = choice; // at once, so that the next key is about the next one
    var left = Array.prototype.slice.call(itemsOf("heard"));
    var next = left.filter(function (el) { return li.compareDocumentPosition(el) & 4; })[0] || left[0];
    if (next) next.focus(); else toEnd();
    send("decide", Object.assign({ decide: choice + ":" + li.dataset.item }, more));
  }
  function edit(li) {
    var held = li.querySelector("template");
    if (!held) return;
    li.appendChild(held.content.cloneNode(true));
    var box = li.querySelector(".edit [name=value]");
    box.focus();
    if (box.select) box.select();
  }
  function settle(box) {
    var li = box.closest("li"), to = box.value;
    box.closest(".edit").remove();
    decide(li, "changed", { value: to });
  }
  function onItem(e, li) {
    var box = e.target.closest(".edit");
    if (box) {
      if (e.key === "Enter") { e.preventDefault(); settle(box.querySelector("[name=value]")); }
      if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); box.remove(); li.focus(); }
      return;
    }
    if (e.target !== li) return;
    var go = { ArrowDown: li.nextElementSibling, ArrowUp: li.previousElementSibling }[e.key];
    if (go) { e.preventDefault(); go.focus(); }
    if (e.key === "Tab" && !e.shiftKey && li.className !== "refused") { e.preventDefault(); decide(li, "accepted"); }
    if (e.key === " ") { e.preventDefault(); decide(li, "accepted"); }
    if (e.key === "Enter") { e.preventDefault(); edit(li); }
    if (e.key === "Delete" || e.key === "Backspace") { e.preventDefault(); decide(li, "refused"); }
  }
  slot.heard.addEventListener("keydown", function (e) {
    var li = e.target.closest("[data-item]");
    if (li && !composing(e)) onItem(e, li);
  });

  // -- clicks and keys -------------------------------------------------------------------------------------------
  form.addEventListener("click", function (e) {
    var button = e.target.closest("button, a.change"), data = button && button.dataset;
    if (!button) return;
    if (button.type === "submit" && button.name !== "go" || button.classList.contains("change")) e.preventDefault();
    if (button.name === "pick") choose(button);
    else if (button.name === "decide") {
      var box = button.closest(".edit");
      if (box) settle(box.querySelector("[name=value]")); else decide(button.closest("li"), button.value.split(":")[0]);
    } else if (button.classList.contains("change")) edit(button.closest("li"));
    else if (data.continues !== undefined) goOn(data.continues);
    else if (data.mine) {
      form.elements.version.value = data.mine;
      stuck = false;
      slot.clash.textContent = "";
      toEnd();
      send("keep");
    }
  });
  function goOn(receipt) {
    var bar = doc.getElementById("going-on");
    form.elements.continues.value = receipt;
    bar.hidden = !receipt;
    bar.firstElementChild.textContent = bar.dataset.words.replace("{receipt}", receipt);
    toEnd();
    changed(true);
  }
  function leave(action) {
    if (stuck) return;
    if (busy) { after.push(function () { leave(action); }); return; }
    form.elements.turn.value = ++turn;
    dirty = false;
    form.requestSubmit(form.querySelector('[name=go][value="' + action + '"]'));
  }
  function nextKind() {
    var hint = slot.alerts.querySelector("[data-suggests]"), list = Array.prototype.slice.call(form.elements.kind);
    var now = list.filter(function (el) { return el.checked; })[0];
    form.elements.kind.value = hint ? hint.dataset.suggests : list[(list.indexOf(now) + 1) % list.length].value;
    form.dataset.kind = form.elements.kind.value;
    changed(true);
  }
  function pick(number) {
    var button = slot.ask.querySelectorAll("[name=pick]")[number - 1];
    if (button) choose(button);
  }
  var ALT = {
    KeyK: nextKind,
    KeyJ: function () { leave("end"); },
    KeyL: function () { var first = slot.people.querySelector("li"); if (first) first.focus(); }
  };
  var KEYS = {
    F2: putQuestion,
    F4: function () { form.elements.phone.focus(); form.elements.phone.select(); },
    F8: function () { leave("sheet"); },
    Escape: toEnd
  };
  function workOf(e) {
    var digit = e.altKey && /^Digit([1-9])$/.exec(e.code), first = itemsOf("heard")[0];
    if (e.ctrlKey || e.metaKey) return null;
    if (digit) return function () { if (after.length) after.push(function () { pick(digit[1]); }); else pick(digit[1]); };
    if (e.altKey) return ALT[e.code];
    if (e.shiftKey) return null;
    if (e.key === "Tab" && e.target === notes && first) return function () { first.focus(); };
    if (e.key === "Enter" && e.target.matches("input")) return toEnd;
    if (e.target.matches(".people > li")) return {
      Enter: function () { e.target.querySelector("[data-continues]").click(); },
      ArrowDown: function () { (e.target.nextElementSibling || e.target).focus(); },
      ArrowUp: function () { (e.target.previousElementSibling || e.target).focus(); }
    }[e.key] || KEYS[e.key];
    return KEYS[e.key];
  }
  doc.addEventListener("keydown", function (e) {
    var work = !composing(e) && !e.defaultPrevented && workOf(e);
    if (work) { e.preventDefault(); work(); }
  });
  window.addEventListener("pageshow", function (e) { if (e.persisted) location.reload(); }); // back from the sheet: as kept
  toEnd();
  look();
})();
