// Without this file every page reads and every form writes; it only shows the amount of a slider as it moves.
for (const slider of document.querySelectorAll("input[type=range][data-shows]")) {
  const shown = document.getElementById(slider.dataset.shows);
  slider.addEventListener("input", () => {
    shown.value = Number(slider.value).toPrecision(3).replace(/\.?0+$/, "");
  });
}

// A chart tells its values under the pointer once a reader asks for it; until then it is a drawing.
async function moving(figure, drawn, words) {
  await load("/static/vendor/vega.min.js");
  const { expressionInterpreter } = await import("/static/vendor/vega-interpreter.js");
  const answer = await fetch(`/charts/${figure.id.replace(/^chart-/, "")}.json${location.search}`);
  const { vega } = window;
  const runtime = vega.parse(await answer.json(), null, { ast: true });
  const view = new vega.View(runtime, { expr: expressionInterpreter, renderer: "svg" });
  const place = document.createElement("div");
  place.className = "moving-chart";
  drawn.replaceWith(place);
  await view.initialize(place).hover().runAsync();
  words.remove();
}

const loaded = new Map();
function load(address) {
  if (!loaded.has(address)) {
    loaded.set(
      address,
      new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = address;
        script.addEventListener("load", done);
        script.addEventListener("error", failed);
        document.head.append(script);
      }),
    );
  }
  return loaded.get(address);
}

const offer = document.documentElement.dataset.moving;
for (const figure of document.querySelectorAll("figure.chart")) {
  const drawn = figure.querySelector(".wide");
  if (!drawn || !offer) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = offer;
  button.addEventListener("click", () => moving(figure, drawn, button));
  figure.append(button);
}
