// Shows the opening scene while the program is on its way: index.html has a picture of it for several
// widths, made by src/first_picture.rs. Classic, in old syntax, like watchdog.js.
(function () {
  var root = document.documentElement;
  // The names of src/view/shell/screen.rs.
  var theme;
  try {
    theme = localStorage.getItem("cache-playground.theme");
  } catch (blocked) {
    // Where the storage is blocked, nothing is remembered.
  }
  if (theme) root.dataset.theme = theme;
  // An address with a state or a set-up shows something else.
  if (location.search || location.hash.length > 1 || root.dataset.ready) return;
  var pictures = document.getElementById("first-picture").content.children;
  var fitting;
  for (var i = 0; i < pictures.length; i++)
    if (!i || pictures[i].dataset.from <= root.clientWidth) fitting = pictures[i];
  var app = document.getElementById("app");
  if (!fitting) return;
  app.textContent = "";
  while (fitting.firstChild) app.appendChild(fitting.firstChild);
  // Drawn for a narrower window, a stage is not yet as wide as it will be, but as high. From 640 pixels on
  // (src/view/stage/layout.rs) it grows with its width.
  var stages = app.querySelectorAll(".stage");
  for (i = 0; i < stages.length; i++)
    if (stages[i].viewBox.baseVal.width < 640)
      stages[i].style.height = stages[i].viewBox.baseVal.height + "px";
})();
