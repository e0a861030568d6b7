// The map of the region that moves. Without this file the map of the briefing stands in its place.
import * as maplibregl from "/static/vendor/maplibre-gl.mjs";

const place = document.getElementById("map");
const colours = { existing: "#9b1c1c", potential: "#b45309", watch: "#1f5f8b" };
const EARTH = 591658710.9; // scale of zoom 0 at the equator, tiles of 256 pixels; the map's own are of 512

maplibregl.setWorkerUrl(new URL("/static/vendor/maplibre-gl-worker.mjs", location).href);

function sources(layers) {
  const named = Object.entries(layers).filter(([, data]) => data?.type === "FeatureCollection");
  return Object.fromEntries(named.map(([name, data]) => [name, { type: "geojson", data }]));
}

const line = (id, paint) => ({ id, type: "line", source: id, paint });
const text = (id, size, colour, layout = {}) => ({
  id,
  type: "symbol",
  source: id,
  layout: { "text-field": ["get", "name"], "text-size": size, ...layout },
  paint: { "text-color": colour, "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
});

function style(layers) {
  return {
    version: 8,
    sources: sources(layers),
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#eef1f2" } },
      {
        id: "states",
        type: "fill",
        source: "states",
        paint: { "fill-color": ["match", ["get", "tone"], "focus", "#fbfaf6", "#e4e6e4"] },
      },
      { id: "undetermined", type: "fill", source: "undetermined", paint: { "fill-pattern": "hatch" } },
      { id: "lakes", type: "fill", source: "lakes", paint: { "fill-color": "#c9dfe8" } },
      line("rivers", { "line-color": "#8fb9cc", "line-width": 1.2 }),
      line("solid", { "line-color": "#8b8f94", "line-width": 1 }),
      line("dotted", { "line-color": "#8b8f94", "line-width": 1.2, "line-dasharray": [1, 2.5] }),
      line("dashed", { "line-color": "#8b8f94", "line-width": 1.2, "line-dasharray": [4, 3] }),
      line("network", { "line-color": "#0b4f8a", "line-width": 1.6, "line-opacity": 0.7 }),
      text("titles", 14, "#4b535b", { "text-letter-spacing": 0.08, "text-allow-overlap": true }),
      text("names", 11, "#2f6f8a"),
      {
        id: "threats",
        type: "circle",
        source: "threats",
        paint: {
          "circle-radius": ["match", ["get", "level"], "existing", 9, "potential", 8, 6],
          "circle-color": ["match", ["get", "level"], ...Object.entries(colours).flat(), "#666"],
          "circle-stroke-color": "#fff",
          "circle-stroke-width": 1.6,
        },
      },
      text("places", 12, "#1b1f23", { "text-offset": [0, 0.9], "text-anchor": "top" }),
    ],
  };
}

// Areas whose status is not settled are hatched, as on every map of the briefing.
function hatch() {
  const side = 8;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#f4f2ec";
  pen.fillRect(0, 0, side, side);
  pen.strokeStyle = "#8b8778";
  pen.lineWidth = 1.2;
  for (const from of [-side, 0, side]) {
    pen.moveTo(from, side);
    pen.lineTo(from + side, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, side, side);
}

function popup(feature) {
  const told = feature.properties;
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = `/threats/${encodeURIComponent(told.id)}${location.search}`;
  link.textContent = told.title;
  const line = document.createElement("p");
  line.textContent = `${told.place}: ${told.chance}`;
  box.append(link, line);
  return box;
}

function remember(map, day) {
  const { lng, lat } = map.getCenter();
  const at = `#${map.getZoom().toFixed(2)}/${lat.toFixed(3)}/${lng.toFixed(3)}/${day}`;
  history.replaceState(null, "", location.pathname + location.search + at);
}

function remembered() {
  const [zoom, lat, lng, day] = location.hash.slice(1).split("/").map(Number);
  return Number.isFinite(lng) ? { zoom, center: [lng, lat], day: day || 0 } : null;
}

function days(layers) {
  const windows = layers.threats.features.map((one) => one.properties).filter((one) => one.from);
  const all = windows.flatMap((one) => [one.from, one.to]).sort();
  if (!all.length) return [];
  const found = [];
  const end = new Date(all.at(-1));
  for (const day = new Date(all[0]); day <= end; day.setUTCDate(day.getUTCDate() + 10)) {
    found.push(day.toISOString().slice(0, 10));
  }
  return found;
}

function control(map, layers, first) {
  const form = document.getElementById("layers");
  const slider = document.getElementById("day");
  const shown = document.getElementById("shown-day");
  const steps = days(layers);
  const tongue = place.dataset.lang.replace(/^en$/, "en-GB");
  const format = new Intl.DateTimeFormat(tongue, { dateStyle: "long", timeZone: "UTC" });
  slider.max = steps.length;
  slider.value = first;
  const sift = () => {
    const day = steps[slider.value - 1];
    shown.value = day ? format.format(new Date(day)) : slider.dataset.any;
    const holds = ["all", ["has", "from"], ["<=", ["get", "from"], day], [">", ["get", "to"], day]];
    map.setFilter("threats", day ? holds : null);
    remember(map, slider.value);
  };
  slider.addEventListener("input", sift);
  for (const box of form.querySelectorAll("input[type=checkbox]")) {
    box.addEventListener("change", () => {
      map.setLayoutProperty(box.name, "visibility", box.checked ? "visible" : "none");
    });
  }
  map.on("moveend", () => remember(map, slider.value));
  form.hidden = false;
  sift();
}

const layers = await (await fetch(place.dataset.layers)).json();
const [west, south, east, north] = layers.bounds;
const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
const before = remembered();
document.getElementById("still").hidden = true;
document.getElementById("disclaimer").hidden = false;
place.classList.add("shown");
const map = new maplibregl.Map({
  container: place,
  style: style(layers),
  bounds: [west, south, east, north],
  maxZoom: Math.log2((EARTH * shrink) / layers.detail) - 1,
  attributionControl: false,
});
map.on("style.load", () => map.addImage("hatch", hatch()));
if (before) map.jumpTo(before);
map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
map.on("load", () => {
  control(map, layers, before?.day ?? 0);
  map.on("click", "threats", (event) => {
    new maplibregl.Popup().setLngLat(event.lngLat).setDOMContent(popup(event.features[0])).addTo(map);
  });
  map.on("mouseenter", "threats", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "threats", () => (map.getCanvas().style.cursor = ""));
  place.dataset.ready = "yes";
});
