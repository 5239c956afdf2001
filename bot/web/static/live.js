// Live update: one stream while this page is looked at. Numbers in the menu, new lines, and the lists that show them.
(function () {
  "use strict";
  if (!window.EventSource) return;
  var PAGES = { tasks: "/office/tasks", duplicates: "/office/duplicates", notifications: "/office/notifications" };
  var source = null, last = "";
  function open() {
    if (source || document.hidden) return;
    source = new EventSource("/office/live" + (last ? "?after=" + last : ""));
    source.addEventListener("counts", function (e) { seen(e); count(JSON.parse(e.data)); });
    source.addEventListener("tasks", function (e) { seen(e); refresh("queue"); });
    source.addEventListener("notification", function (e) { seen(e); tell(JSON.parse(e.data)); refresh("lines"); });
  }
  function close() { if (source) source.close(); source = null; }  // a hidden page takes up no connection
  function seen(e) { if (e.lastEventId) last = e.lastEventId; }
  function count(now) {
    Object.keys(PAGES).forEach(function (name) {
      var link = document.querySelector('#menu a[href="' + PAGES[name] + '"]');
      if (!link) return;
      var badge = link.querySelector(".count");
      if (!badge) { badge = document.createElement("b"); link.appendChild(badge); }
      badge.className = "count" + (name === "tasks" && now.urgent ? " hot" : "");
      badge.textContent = now[name];
      badge.hidden = !now[name];
    });
  }
  function refresh(id) {
    var list = document.getElementById(id);
    var busy = list && list.contains(document.activeElement) && /TEXTAREA|INPUT|SELECT/.test(document.activeElement.tagName);
    if (list && window.htmx && !busy) window.htmx.trigger(list, "live");
  }
  function tell(line) {
    var place = document.getElementById("live");
    place.textContent = line.text;
    place.classList.toggle("bad", line.urgent);
    place.hidden = false;
  }
  document.addEventListener("click", function (e) { if (e.target.id === "live") location.href = PAGES.notifications; });
  document.addEventListener("visibilitychange", function () { if (document.hidden) close(); else open(); });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  setInterval(function () { if (!document.hidden) refresh("queue"); }, 60000);  // waiting changes colours, not the queue
  open();
})();
