// Shows the failure card. Classic, in old syntax: it must run where modules do not.
(function () {
  var root = document.documentElement;
  function part(name) {
    return document.getElementById("failure" + name);
  }
  function show(event) {
    // The first report is the cause.
    if (!part("").hidden) return;
    var lines = event.detail.split("\n");
    part("-sentence").textContent = lines.shift();
    part("-text").textContent = lines.join("\n");
    part("-details").hidden = !lines.length;
    part("-link").href = location.href;
    part("").hidden = false;
    // What had started stays readable, but nothing in it works.
    document.getElementById("app")[root.dataset.ready ? "inert" : "hidden"] = true;
  }
  part("-retry").onclick = function () {
    location.reload();
  };
  document.addEventListener("cache-playground-failed", show);
  function check() {
    if (!("started" in root.dataset))
      show({
        detail:
          "The page could not start. Allow scripts, or use a newer browser. " +
          "In a sandboxed frame, its server has to send Access-Control-Allow-Origin.",
      });
  }
  setTimeout(check, "noModule" in HTMLScriptElement.prototype ? 8000 : 0);
})();
