import type { SceneEdge } from "../scene.ts";
import type { PlacedEdge, Point } from "./layout.ts";
import { element, escaped, rounded } from "./xml.ts";

const words = {
  started: "waits until it is started:",
  healthy: "waits until it is healthy:",
  completed: "waits until it has ended well:",
} as const;

export function edgeSvg({ edge, points }: PlacedEdge): string {
  const end = points.at(-1) ?? { x: 0, y: 0 };
  return element(
    "g",
    {},
    element("title", {}, escaped(`${edge.from} ${words[edge.condition]} ${edge.to}`)) +
      element("path", { class: edgeClass(edge), d: curve(points) }) +
      element("path", { class: `head ${edge.condition}`, d: arrow(end) }),
  );
}

export function edgeClass({ condition, required }: Pick<SceneEdge, "condition" | "required">): string {
  return `edge ${condition}${required ? "" : " optional"}`;
}

const headLength = 9;

export function arrow({ x, y }: Point): string {
  return `M${rounded(x - 1)} ${rounded(y)}l-${headLength} -4.5v9z`;
}

/** Curves through the space between columns, straight lines past cards. */
function curve(points: readonly Point[]): string {
  const [first = { x: 0, y: 0 }, ...rest] = points;
  let path = `M${rounded(first.x)} ${rounded(first.y)}`;
  let at = first;
  for (const [index, point] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const to = isLast ? { x: point.x - headLength, y: point.y } : point;
    if (Math.abs(to.y - at.y) < 0.5) path += `H${rounded(to.x)}`;
    else {
      const bend = Math.max(24, (to.x - at.x) / 2);
      path += `C${rounded(at.x + bend)} ${rounded(at.y)} ${rounded(to.x - bend)} ${rounded(to.y)} ${rounded(to.x)} ${rounded(to.y)}`;
    }
    at = to;
  }
  return path;
}
