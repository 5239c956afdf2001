// Small comforts for the workbench: no second press of a button, and typed text kept until it is sent. Nothing is stored.
(function () {
  "use strict";
  var typed = false;
  document.addEventListener("submit", function (e) {
    var form = e.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    typed = false;
  });
  document.addEventListener("input", function (e) {
    if (e.target.tagName === "TEXTAREA" && !e.target.form.hasAttribute("data-kept")) typed = !!e.target.value;
  });
  // A new call with one key, from wherever a member of staff who takes calls is.
  document.addEventListener("keydown", function (e) {
    var link = e.key === "F9" && !e.isComposing && document.getElementById("new-call");
    if (link) { e.preventDefault(); link.click(); }
  });
  window.addEventListener("beforeunload", function (e) { if (typed) e.preventDefault(); });
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.forms, function (form) { delete form.dataset.sent; });
  });
})();
