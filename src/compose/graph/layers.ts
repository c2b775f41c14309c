export interface Link {
  readonly from: string;
  readonly to: string;
}

/**
 * Who depends on others stands above them: every link points to a later layer. Services that
 * stand above nothing but one far layer are brought near it, so that links stay short.
 */
export function layersOf(names: readonly string[], links: readonly Link[]): readonly (readonly string[])[] {
  const forward = withoutCycles(names, links);
  const above = grouped(forward, "to", "from");
  const below = grouped(forward, "from", "to");
  const depth = new Map<string, number>();
  const depthOf = (name: string): number => {
    const known = depth.get(name);
    if (known !== undefined) return known;
    const found = Math.max(-1, ...(above.get(name) ?? []).map(depthOf)) + 1;
    depth.set(name, found);
    return found;
  };
  for (const name of names) depthOf(name);
  for (const name of names) {
    const next = below.get(name);
    if (next === undefined || above.has(name)) continue;
    depth.set(name, Math.min(...next.map(depthOf)) - 1);
  }
  const layers: string[][] = [];
  for (const name of names) {
    const at = depthOf(name);
    while (layers.length <= at) layers.push([]);
    layers[at]?.push(name);
  }
  return orderLayers(
    layers.filter((layer) => layer.length > 0),
    forward,
  );
}

/** A file with a circle is refused when it is read; a drawing of one must still end. */
function withoutCycles(names: readonly string[], links: readonly Link[]): readonly Link[] {
  const kept: Link[] = [];
  const below = grouped(links, "from", "to");
  const state = new Map<string, "open" | "done">();
  const visit = (name: string) => {
    state.set(name, "open");
    for (const to of below.get(name) ?? []) {
      if (state.get(to) === "open") continue;
      kept.push({ from: name, to });
      if (!state.has(to)) visit(to);
    }
    state.set(name, "done");
  };
  for (const name of names) if (!state.has(name)) visit(name);
  return kept;
}

function grouped(links: readonly Link[], by: "from" | "to", what: "from" | "to"): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const link of links) {
    const group = groups.get(link[by]);
    if (group) group.push(link[what]);
    else groups.set(link[by], [link[what]]);
  }
  return groups;
}

const sweeps = 8;

/** Neighbours near each other: each layer by the middle of its neighbours' places, down and up. */
export function orderLayers(
  layers: readonly (readonly string[])[],
  links: readonly Link[],
): readonly (readonly string[])[] {
  const neighbours = [grouped(links, "to", "from"), grouped(links, "from", "to")] as const;
  let current = layers.map((layer) => [...layer]);
  let best: readonly (readonly string[])[] = current;
  let fewest = crossings(current, links);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    const places = placesOf(current);
    const next = current.map((layer) => [...layer]);
    const order = down ? next.keys() : [...next.keys()].reverse();
    for (const index of order) {
      const layer = next[index] ?? [];
      const middle = new Map(
        layer.map((name): [string, number] => {
          const around = (neighbours[down ? 0 : 1].get(name) ?? []).map((one) => places.get(one) ?? 0);
          const sum = around.reduce((a, b) => a + b, 0);
          return [name, around.length > 0 ? sum / around.length : (places.get(name) ?? 0)];
        }),
      );
      layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
      for (const [at, name] of layer.entries()) places.set(name, placeIn(at, layer.length));
    }
    const count = crossings(next, links);
    if (count < fewest) {
      best = next;
      fewest = count;
    }
    current = next;
  }
  return best;
}

/** From 0 to 1, so that layers of different lengths can be compared. */
function placeIn(at: number, length: number): number {
  return (at + 1) / (length + 1);
}

function placesOf(layers: readonly (readonly string[])[]): Map<string, number> {
  return new Map(
    layers.flatMap((layer) => layer.map((name, at): [string, number] => [name, placeIn(at, layer.length)])),
  );
}

/** Pairs of links that would cross as straight lines between the same two layers. */
export function crossings(layers: readonly (readonly string[])[], links: readonly Link[]): number {
  const layerOf = new Map(layers.flatMap((layer, at) => layer.map((name): [string, number] => [name, at])));
  const places = placesOf(layers);
  let count = 0;
  for (const [index, a] of links.entries()) {
    for (const b of links.slice(index + 1)) {
      if (layerOf.get(a.from) !== layerOf.get(b.from) && layerOf.get(a.to) !== layerOf.get(b.to)) continue;
      const above = (places.get(a.from) ?? 0) - (places.get(b.from) ?? 0);
      const below = (places.get(a.to) ?? 0) - (places.get(b.to) ?? 0);
      if (above * below < 0) count++;
    }
  }
  return count;
}
