// All works without this. Nothing is kept on the phone.
(function () {
  "use strict";
  if (!window.fetch || !window.URLSearchParams || !window.crypto) return;
  var doc = document, log = doc.getElementById("log"), box = doc.getElementById("text");
  var last = +log.dataset.after, queue = Promise.resolve(), busy = 0, quiet = 0, timer;

  function id() {
    return Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(12)), function (n) {
      return (n + 256).toString(16).slice(1);
    }).join("");
  }
  function make(tag, cls, text) {
    var el = doc.createElement(tag);
    el.className = cls;
    el.textContent = text;
    return el;
  }
  function wait(ms) { return new Promise(function (done) { setTimeout(done, ms); }); }

  // Replies are the server's HTML; what is shown already is dropped.
  function show(html) {
    var holder = doc.createElement("template"), first;
    holder.innerHTML = html;
    Array.prototype.forEach.call(holder.content.querySelectorAll("article[data-seq]"), function (el) {
      var seq = +el.dataset.seq;
      if (seq <= last) return;
      if (!first) clearChoices();
      last = seq;
      first = first || el;
      log.appendChild(el);
    });
    Array.prototype.slice.call(log.querySelectorAll(".choices")).slice(0, -1).forEach(function (el) { el.remove(); });
    if (first) first.scrollIntoView({ block: "start" });
    return !!first;
  }
  function clearChoices() {
    Array.prototype.forEach.call(doc.querySelectorAll("main .choices, .wait, .notice"), function (el) { el.remove(); });
  }

  // One id for all tries: a dropped line says nothing twice.
  function send(text) {
    var hello = doc.querySelector(".hello"), key = id(), tries = 0;
    if (hello) hello.remove();
    clearChoices();
    doc.querySelector(".end").hidden = false;
    var bubble = make("article", "b me late", ""), state = make("p", "dim", log.dataset.wait);
    bubble.appendChild(make("p", "", text));
    log.appendChild(bubble);
    log.appendChild(state);
    state.scrollIntoView({ block: "end" });
    busy += 1;

    function attempt() {
      var control = window.AbortController ? new AbortController() : null;
      var alarm = setTimeout(function () { if (control) control.abort(); }, 20000);
      return fetch("/chat", {
        method: "POST", credentials: "same-origin", headers: { "X-Fragment": "1" },
        body: new URLSearchParams({ text: text, message_id: key, after: last }), signal: control ? control.signal : undefined
      }).then(function (r) {
        return r.text().then(function (body) { clearTimeout(alarm); return { status: r.status, body: body }; });
      }).catch(function () { clearTimeout(alarm); return { status: 0, body: "" }; }).then(function (r) {
        if (r.status === 200) return done(r.body);
        if (r.status === 205) return location.reload();
        if (r.status >= 400 && r.status < 500) return refused(r.body);
        tries += 1;
        if (tries > 6) return ask();
        state.textContent = log.dataset.retrying;
        return wait(Math.min(1000 * Math.pow(2, tries - 1), 15000)).then(attempt);
      });
    }
    function done(html) {
      bubble.classList.remove("late");
      state.remove();
      busy -= 1;
      show(html);
      rest();
    }
    function refused(body) {
      var said = "";
      try { said = JSON.parse(body).detail; } catch (e) { said = log.dataset.failed; }
      state.className = "notice bad";
      state.textContent = said;
      if (!box.value) box.value = text;
      bubble.remove();
      busy -= 1;
    }
    function ask() {
      return new Promise(function (again) {
        var button = make("button", "btn", log.dataset.failed);
        state.textContent = "";
        state.appendChild(button);
        button.onclick = function () { tries = 0; state.textContent = log.dataset.wait; again(attempt()); };
      });
    }
    queue = queue.then(attempt);
  }

  // Later replies: staff, a reminder, a late answer. Seldom when nothing happens, never unseen.
  function poll() {
    clearTimeout(timer);
    if (doc.hidden || busy || (!last && doc.querySelector(".hello"))) return again();
    fetch("/chat/later?after=" + last, { credentials: "same-origin", headers: { "X-Fragment": "1" } })
      .then(function (r) { return r.status === 200 ? r.text() : ""; })
      .then(function (html) { quiet = html && !busy && show(html) ? 0 : quiet + 1; }, function () { quiet += 1; })
      .then(again);
  }
  function again() { timer = setTimeout(poll, quiet < 15 ? 4000 : quiet < 40 ? 15000 : 60000); }
  function rest() { quiet = 0; clearTimeout(timer); again(); }

  function grow() { box.style.height = "auto"; box.style.height = box.scrollHeight + 4 + "px"; }

  doc.addEventListener("submit", function (e) {
    var form = e.target, button = e.submitter || doc.activeElement, path = form.getAttribute("action");
    if (path === "/size") {
      e.preventDefault();
      var size = +button.value, root = doc.documentElement;
      root.dataset.size = size;
      button.value = (size + 1) % 3;
      button.textContent = size > 1 ? button.dataset.smaller : button.dataset.bigger;
      fetch("/size", { method: "POST", credentials: "same-origin", headers: { "X-Fragment": "1" }, body: new URLSearchParams({ size: size }) });
      return grow();
    }
    if (path !== "/chat") return;
    e.preventDefault();
    var text = form.id === "say" ? box.value : button && button.name === "text" ? button.value : "";
    if (!text.trim()) return box.focus();
    if (form.id === "say") { box.value = ""; grow(); }
    send(text);
  });
  box.addEventListener("input", grow);
  box.addEventListener("keydown", function (e) {
    var enter = e.key === "Enter" && !e.shiftKey && !e.isComposing && e.keyCode !== 229;
    if (enter && matchMedia("(pointer:fine)").matches) { e.preventDefault(); box.form.querySelector("button").click(); }
  });
  doc.addEventListener("visibilitychange", function () { if (!doc.hidden) poll(); });
  var said = log.querySelectorAll(".they");
  if (said.length) said[said.length - 1].scrollIntoView({ block: "start" });
  again();
})();
