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
  document.addEventListener("input", function (e) { if (e.target.tagName === "TEXTAREA") typed = !!e.target.value; });
  window.addEventListener("beforeunload", function (e) { if (typed) e.preventDefault(); });
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.forms, function (form) { delete form.dataset.sent; });
  });
})();
