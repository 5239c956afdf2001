// Comforts of the queue: arrow keys, sentences ready to send, a sign of life while somebody types. All works without it.
(function () {
  "use strict";
  var doc = document, desk = doc.querySelector(".desk"), RENEW_MS = 60000, renewed = 0;

  function rows() { return Array.prototype.slice.call(doc.querySelectorAll("#queue .row a.open")); }
  doc.addEventListener("keydown", function (e) {
    var writing = /^(TEXTAREA|INPUT|SELECT)$/.test(e.target.tagName), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.tagName === "TEXTAREA") {
      e.preventDefault();
      e.target.form.querySelector("button:not([type=button])").click();
    } else if (step && !writing && rows().length) {
      var all = rows(), now = all.indexOf(doc.activeElement);
      e.preventDefault();
      all[now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1)].focus();
    }
  });

  // Alt and a key: on the letter's place of the keyboard, so that an input method or another layout does not matter.
  doc.addEventListener("keydown", function (e) {
    if (!e.altKey || e.ctrlKey || e.metaKey || e.repeat) return;
    var key = e.code.replace(/^(Key|Digit)/, "").toLowerCase(), found = doc.querySelector('[data-key="' + key + '"]');
    if (!found || !/^[a-z0-9]$/.test(key)) return;
    e.preventDefault();
    if (found.tagName === "TEXTAREA") return found.focus();
    found.click();
    var first = found.tagName === "SUMMARY" && found.parentNode.querySelector("input:not([type=hidden])");
    if (first) first.focus();
  });

  function toEnd() {
    var talk = doc.getElementById("talk");
    if (talk) talk.scrollTop = talk.scrollHeight;
  }
  var near = true;
  doc.addEventListener("htmx:beforeSwap", function (e) {
    var talk = doc.getElementById("talk");
    if (e.target === talk) near = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
  });
  doc.addEventListener("htmx:afterSettle", function () { if (near) toEnd(); });
  toEnd();
  if (!desk) return;

  var quick = desk.querySelector(".quick"), box = doc.getElementById("answer");
  if (quick && box) {
    quick.hidden = false;
    quick.addEventListener("click", function (e) {
      var words = e.target.dataset.insert;
      if (!words) return;
      box.value = box.value && !/\n$/.test(box.value) ? box.value + "\n" + words : box.value + words;
      box.focus();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  var again = doc.getElementById("again");
  desk.addEventListener("change", function (e) {
    if (e.target.name === "outcome" && again) {
      again.selectedIndex = e.target.dataset.again && again.options.length > 1 ? Math.max(again.selectedIndex, 1) : 0;
    }
  });
  desk.addEventListener("input", function () {
    if (!desk.dataset.mine || !window.fetch || Date.now() - renewed < RENEW_MS) return;
    renewed = Date.now();
    fetch("/office/tasks/" + desk.dataset.task + "/renew", {
      method: "POST", credentials: "same-origin", headers: { "HX-Request": "true" },
      body: new URLSearchParams({ csrf: desk.dataset.csrf })
    });
  });
})();
