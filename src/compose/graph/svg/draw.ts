import type { Scene } from "../scene.ts";
import { cardSvg } from "./card.ts";
import { edgeSvg } from "./edge.ts";
import { svgLayout } from "./layout.ts";
import { legendSvg } from "./legend.ts";
import { styleSheet } from "./style.ts";
import { element, escaped, rounded } from "./xml.ts";

const margin = 36;
const headHeight = 66;

/** One picture that needs nothing beside it: light or dark as its reader's screen is. */
export function svgGraph(scene: Scene): string {
  const layout = svgLayout(scene);
  const inner = Math.max(layout.width, 520);
  const legend = legendSvg(scene, inner);
  const width = inner + 2 * margin;
  const legendTop = headHeight + margin + layout.height + 36;
  const height = legendTop + legend.height + margin - 10;
  const title = `${scene.name}: services of a Compose project`;
  const parts = [
    element("title", { id: "title" }, escaped(title)),
    element("desc", { id: "desc" }, escaped(description(scene))),
    element("style", {}, styleSheet.replaceAll("&", "&amp;").replaceAll("<", "&lt;")),
    element("rect", { class: "page", width, height }),
    element("text", { class: "title", x: margin, y: 46 }, escaped(scene.name)),
    element("text", { class: "soft", x: margin, y: 67 }, escaped(counts(scene))),
    element(
      "g",
      { transform: `translate(${margin} ${headHeight + margin})` },
      layout.edges.map(edgeSvg).join("\n") + layout.cards.map((card) => cardSvg(scene, card)).join("\n"),
    ),
    element("g", { transform: `translate(${margin} ${rounded(legendTop)})` }, legend.svg),
  ];
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      width,
      height,
      role: "img",
      "aria-labelledby": "title desc",
    },
    `\n${parts.join("\n")}\n`,
  )}\n`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function counts({ services, networks, volumes }: Scene): string {
  return [
    counted(services.length, "service"),
    counted(networks.length, "network"),
    ...(volumes.length > 0 ? [counted(volumes.length, "volume")] : []),
  ].join("  ·  ");
}

/** The drawing in words, for those who do not see it. */
function description({ services, edges }: Scene): string {
  const waits = { started: "started", healthy: "healthy", completed: "completed" } as const;
  return services
    .map(({ name, origin, replicas, ports, networks }) => {
      const needs = edges
        .filter(({ from }) => from === name)
        .map(({ to, condition }) => `${to} (${waits[condition]})`);
      return [
        `${name} runs ${origin}${replicas === 1 ? "" : `, ${replicas} times`}`,
        ...(networks.length > 0 ? [`on ${networks.join(", ")}`] : []),
        ...(ports.length > 0
          ? [`open at ${ports.map(({ host, target }) => `${host} for ${target}`).join(", ")}`]
          : []),
        ...(needs.length > 0 ? [`needs ${needs.join(", ")}`] : []),
      ].join("; ");
    })
    .join(". ");
}
