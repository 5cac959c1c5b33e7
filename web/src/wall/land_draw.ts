// The only place that knows MapLibre; a chunk of its own. The style is made here, of the operator's boundaries alone: no
// tiles, no sprites, no glyphs, no address outside. Labels are drawn from the page's own font.
import 'maplibre-gl/dist/maplibre-gl.css';
import { Map as Chart, NavigationControl, setWorkerUrl, type GeoJSONSource, type ExpressionSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Feature, FeatureCollection } from 'geojson';
import { extentOf, type Land, type Topology } from './land';
import type { Shade } from './logic';

setWorkerUrl(workerUrl);

export interface Look {
  shades: ReadonlyMap<string, Shade>;
  /** What stands under a commune's name. */
  values: ReadonlyMap<string, string>;
  names: ReadonlyMap<string, string>;
  here: string | null;
  focus: string | null;
}
export interface Hands {
  point(code: string | null, at: { x: number; y: number } | null): void;
  open(code: string): void;
  /** Where communes are on the screen after the map moved. */
  moved(places: ReadonlyMap<string, readonly [number, number]>): void;
  failed(): void;
}
export interface Drawn { show(look: Look): void; end(): void }
export interface Said { zoomIn: string; zoomOut: string; wheel: string; fingers: string; sea: string; hoangSa: string; truongSa: string }

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });
const featureOf = (land: Land, properties: Record<string, unknown>): Feature => ({ type: 'Feature', properties: { code: land.code, ...properties }, geometry: { type: 'MultiPolygon', coordinates: land.polygons } });

/** Lines at 45°: what is unknown has no colour of the scale. */
function hatch(back: string, line: string): { width: number; height: number; data: Uint8ClampedArray } {
  const size = 16;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = back;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = line;
  pen.lineWidth = 1.5;
  for (const from of [-size, -size / 2, 0, size / 2, size]) { pen.beginPath(); pen.moveTo(from, size); pen.lineTo(from + size, 0); pen.stroke(); }
  return { width: size, height: size, data: pen.getImageData(0, 0, size, size).data };
}

export function draw(box: HTMLElement, topology: Topology, lands: readonly Land[], around: { topology: Topology; lands: readonly Land[] } | null, interactive: boolean, said: Said, hands: Hands): Drawn {
  const home = extentOf([topology]);
  const css = () => { const s = getComputedStyle(box); return (name: string) => s.getPropertyValue(name).trim(); };
  const chart = new Chart({
    container: box, interactive, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, keyboard: false, fadeDuration: 0, renderWorldCopies: false, cooperativeGestures: interactive,
    bounds: home, fitBoundsOptions: { padding: 14, animate: false },
    locale: { 'NavigationControl.ZoomIn': said.zoomIn, 'NavigationControl.ZoomOut': said.zoomOut, 'CooperativeGesturesHandler.WindowsHelpText': said.wheel, 'CooperativeGesturesHandler.MacHelpText': said.wheel, 'CooperativeGesturesHandler.MobileHelpText': said.fingers },
    style: { version: 8, sources: {}, layers: [] },
  });
  chart.touchZoomRotate?.disableRotation();
  // The canvas is for the eye and the pointer: by keyboard there are the communes' own keys and the table.
  const canvas = chart.getCanvas();
  canvas.tabIndex = -1;
  canvas.removeAttribute('aria-label');
  canvas.removeAttribute('role');
  canvas.setAttribute('aria-hidden', 'true');
  if (interactive) chart.addControl(new NavigationControl({ showCompass: false }), 'top-left');

  let look: Look | null = null;
  let ready = false;
  let touched = false;
  chart.on('movestart', (e) => { touched ||= 'originalEvent' in e && e.originalEvent !== undefined; });
  const tell = () => hands.moved(new Map(lands.map((l) => { const p = chart.project(l.middle); return [l.code, [p.x, p.y] as const]; })));
  chart.on('move', tell);
  chart.on('resize', () => { if (!touched) chart.fitBounds(home, { padding: 14, animate: false }); tell(); });
  chart.on('error', (e) => { if (!ready) hands.failed(); else console.warn(e.error); });

  const paint = () => {
    if (!ready || !look) return;
    const now = look;
    const of = css();
    const surface = of('--hl-surface'), ink = of('--hl-ink'), line = of('--hl-line-strong');
    const picture = hatch(of('--hl-surface-2'), line);
    if (chart.hasImage('hatch')) chart.updateImage('hatch', picture);
    else chart.addImage('hatch', picture, { pixelRatio: 2 });
    const colours: Record<string, string> = { s0: of('--s0'), s1: of('--s1'), s2: of('--s2'), s3: of('--s3'), s4: of('--s4'), good: of('--lv-good'), warn: of('--lv-warn'), bad: of('--lv-bad') };
    chart.getSource<GeoJSONSource>('lands')!.setData(collection(lands.map((l) => featureOf(l, { shade: now.shades.get(l.code) ?? 'unknown' }))));
    chart.getSource<GeoJSONSource>('names')!.setData(collection(lands.map((l) => {
      const shade = now.shades.get(l.code) ?? 'unknown';
      const dark = shade === 's3' || shade === 's4' || shade === 'good' || shade === 'bad';
      return { type: 'Feature', properties: { code: l.code, name: now.names.get(l.code) ?? l.name, value: now.values.get(l.code) ?? '?', ink: shade === 'unknown' ? ink : dark ? of('--on-high') : of('--on-low'), back: shade === 'unknown' ? surface : colours[shade] }, geometry: { type: 'Point', coordinates: l.middle } };
    })));
    chart.setPaintProperty('land', 'fill-color', ['match', ['get', 'shade'], ...Object.entries(colours).flat(), of('--hl-surface-2')] as unknown as ExpressionSpecification);
    chart.setPaintProperty('border', 'line-color', surface);
    chart.setPaintProperty('coast', 'line-color', line);
    if (around) { chart.setPaintProperty('around', 'fill-color', of('--hl-surface-2')); chart.setPaintProperty('around-line', 'line-color', line); }
    for (const [layer, code] of [['here', now.here], ['focus', now.focus]] as const) {
      chart.setFilter(layer, ['==', ['get', 'code'], code ?? '']);
      chart.setPaintProperty(layer, 'line-color', layer === 'focus' ? of('--hl-focus') : ink);
    }
    const px = parseFloat(getComputedStyle(box.parentElement ?? box).fontSize) || 16;
    chart.setLayoutProperty('name', 'text-size', px * 0.8);
    for (const layer of ['sea']) { chart.setLayoutProperty(layer, 'text-size', px); chart.setPaintProperty(layer, 'text-color', of('--hl-ink-2')); chart.setPaintProperty(layer, 'text-halo-color', of('--hl-bg')); }
    chart.setPaintProperty('sea-back', 'background-color', of('--hl-bg'));
  };

  chart.on('load', () => {
    const font = ['Inter Variable'];
    chart.addLayer({ id: 'sea-back', type: 'background', paint: {} });
    if (around) {
      chart.addSource('around', { type: 'geojson', data: collection(around.lands.map((l) => featureOf(l, {}))) });
      chart.addLayer({ id: 'around', type: 'fill', source: 'around', paint: { 'fill-antialias': true } });
      chart.addLayer({ id: 'around-line', type: 'line', source: 'around', paint: { 'line-width': 0.8 } });
    }
    chart.addSource('lands', { type: 'geojson', data: collection([]) });
    chart.addSource('names', { type: 'geojson', data: collection([]) });
    // Names of the sea and of the archipelagos stand where the country is shown.
    const places: [string, number, number][] = around ? [[said.sea, 111.2, 14], [said.hoangSa, 112, 16.4], [said.truongSa, 114, 9.5]] : [];
    chart.addSource('sea', { type: 'geojson', data: collection(places.map(([name, x, y]) => ({ type: 'Feature', properties: { name }, geometry: { type: 'Point', coordinates: [x, y] } }))) });
    chart.addLayer({ id: 'land', type: 'fill', source: 'lands', filter: ['!=', ['get', 'shade'], 'unknown'], paint: {} });
    chart.addLayer({ id: 'unknown', type: 'fill', source: 'lands', filter: ['==', ['get', 'shade'], 'unknown'], paint: { 'fill-pattern': 'hatch' } });
    chart.addLayer({ id: 'coast', type: 'line', source: 'lands', paint: { 'line-width': 2 } });
    chart.addLayer({ id: 'border', type: 'line', source: 'lands', paint: { 'line-width': 1 } });
    chart.addLayer({ id: 'here', type: 'line', source: 'lands', filter: ['==', ['get', 'code'], ''], paint: { 'line-width': 3 } });
    chart.addLayer({ id: 'focus', type: 'line', source: 'lands', filter: ['==', ['get', 'code'], ''], paint: { 'line-width': 4 } });
    chart.addLayer({ id: 'name', type: 'symbol', source: 'names', layout: { 'text-field': ['concat', ['get', 'name'], '\n', ['get', 'value']], 'text-font': font, 'text-size': 12, 'text-max-width': 7, 'text-line-height': 1.15, 'text-padding': 3 }, paint: { 'text-color': ['get', 'ink'], 'text-halo-color': ['get', 'back'], 'text-halo-width': 1.4 } });
    chart.addLayer({ id: 'sea', type: 'symbol', source: 'sea', layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 14, 'text-letter-spacing': 0.08, 'text-max-width': 9 }, paint: { 'text-halo-width': 1.4 } });
    ready = true;
    paint();
    tell();
    chart.once('idle', () => { box.dataset['drawn'] = '1'; });
  });
  if (interactive)
    for (const layer of ['land', 'unknown']) {
      chart.on('mousemove', layer, (e) => { canvas.style.cursor = 'pointer'; hands.point(String(e.features?.[0]?.properties['code'] ?? ''), e.point); });
      chart.on('mouseleave', layer, () => { canvas.style.cursor = ''; hands.point(null, null); });
      chart.on('click', layer, (e) => { const code = e.features?.[0]?.properties['code']; if (code) hands.open(String(code)); });
    }
  const sized = new ResizeObserver(() => chart.resize());
  sized.observe(box);
  return {
    show: (next) => { look = next; paint(); },
    end() { sized.disconnect(); chart.remove(); },
  };
}
