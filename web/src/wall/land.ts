// Boundaries as the server keeps them (TopoJSON) made into what a map draws; and where a commune's key stands on it.
export interface Topology {
  transform: { scale: readonly [number, number]; translate: readonly [number, number] };
  bbox: readonly [number, number, number, number];
  objects: { units: { geometries: readonly { type: string; properties: { code: string; name: string }; arcs: unknown }[] } };
  arcs: readonly (readonly (readonly [number, number])[])[];
}
type Position = [number, number];
export interface Land { code: string; name: string; polygons: Position[][][]; middle: Position }

/** Arcs are told as steps from the place before; a number below zero is an arc run backwards. */
export function landsOf(topology: Topology): Land[] {
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]): Position => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
  });
  const ring = (numbers: readonly number[]) => {
    const out: Position[] = [];
    for (const n of numbers) {
      const arc = n >= 0 ? arcs[n]! : [...arcs[~n]!].reverse();
      out.push(...(out.length ? arc.slice(1) : arc));
    }
    return out;
  };
  return topology.objects.units.geometries.map((g) => {
    const polygons = (g.type === 'Polygon' ? [g.arcs] : g.arcs) as number[][][];
    const drawn = polygons.map((rings) => rings.map(ring));
    return { code: g.properties.code, name: g.properties.name, polygons: drawn, middle: middleOf(drawn) };
  });
}

const areaOf = (ring: readonly Position[]) => {
  let out = 0;
  for (let i = 0; i + 1 < ring.length; ++i) out += ring[i]![0] * ring[i + 1]![1] - ring[i + 1]![0] * ring[i]![1];
  return out / 2;
};
/** Within the largest part, halfway along its widest stretch at the height of its centre: never beside a bent shape. */
export function middleOf(polygons: readonly Position[][][]): Position {
  let largest: Position[][] | undefined;
  for (const p of polygons) if (!largest || Math.abs(areaOf(p[0]!)) > Math.abs(areaOf(largest[0]!))) largest = p;
  if (!largest?.[0]?.length) return [0, 0];
  const ys = largest[0].map(([, y]) => y);
  const height = (Math.min(...ys) + Math.max(...ys)) / 2 + 1e-9;
  const cuts: number[] = [];
  for (const ring of largest)
    for (let i = 0; i + 1 < ring.length; ++i) {
      const [a, b] = [ring[i]!, ring[i + 1]!];
      if (a[1] > height !== b[1] > height) cuts.push(a[0] + ((height - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
    }
  cuts.sort((a, b) => a - b);
  let [best, width] = [largest[0][0]![0], -1];
  for (let i = 0; i + 1 < cuts.length; i += 2) if (cuts[i + 1]! - cuts[i]! > width) { width = cuts[i + 1]! - cuts[i]!; best = (cuts[i]! + cuts[i + 1]!) / 2; }
  return [best, height];
}
export const extentOf = (topologies: readonly Topology[]): [Position, Position] => {
  const boxes = topologies.map((t) => t.bbox);
  return [[Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1]))], [Math.max(...boxes.map((b) => b[2])), Math.max(...boxes.map((b) => b[3]))]];
};

/** The commune one comes to with an arrow key: the nearest whose direction is within 60° of the key's. */
export function landBeside(lands: readonly Pick<Land, 'code' | 'middle'>[], from: string, key: string): string | null {
  const aim = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
  const start = lands.find((l) => l.code === from);
  if (!aim || !start) return null;
  let best: string | null = null;
  let near = Infinity;
  for (const { code, middle: [x, y] } of lands) {
    const [dx, dy] = [x - start.middle[0], y - start.middle[1]];
    const distance = Math.hypot(dx, dy);
    const along = dx * aim[0]! + dy * aim[1]!;
    if (code === from || distance === 0 || along < distance * 0.5) continue;
    const cost = distance * 2 - along;
    if (cost < near - 1e-12) { near = cost; best = code; }
  }
  return best;
}
