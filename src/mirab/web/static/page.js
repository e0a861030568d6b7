// Without this file every page reads and every form writes; it only shows the amount of a slider as it moves.
for (const slider of document.querySelectorAll("input[type=range][data-shows]")) {
  const shown = document.getElementById(slider.dataset.shows);
  slider.addEventListener("input", () => {
    shown.value = Number(slider.value).toPrecision(3).replace(/\.?0+$/, "");
  });
}
