import type { Scene, SceneEdge } from "../scene.ts";
import { chip } from "./card.ts";
import { chipWidth } from "./card-size.ts";
import { edgeClass } from "./edge.ts";
import { textWidth } from "./measure.ts";
import { element, escaped } from "./xml.ts";

export interface Legend {
  readonly svg: string;
  readonly height: number;
}

interface Entry {
  readonly width: number;
  svg(x: number, y: number): string;
}

const lineHeight = 30;
const labelWidth = 84;

/** Networks, volumes that several services share, services that are not active, and what the lines mean. */
export function legendSvg(scene: Scene, width: number): Legend {
  const sections: readonly [string, readonly Entry[]][] = [
    ["Networks", networks(scene)],
    ["Shared", sharedVolumes(scene)],
    ["Inactive", scene.inactive.map(({ name, profiles }) => words(name, `profile ${profiles.join(", ")}`))],
    ["Lines", lines(scene.edges)],
  ];
  const parts: string[] = [];
  let y = 0;
  for (const [label, entries] of sections) {
    if (entries.length === 0) continue;
    parts.push(element("text", { class: "soft", x: 0, y: y + 17 }, label));
    let x = labelWidth;
    for (const entry of entries) {
      if (x > labelWidth && x + entry.width > width) {
        x = labelWidth;
        y += lineHeight;
      }
      parts.push(entry.svg(x, y));
      x += entry.width + 24;
    }
    y += lineHeight;
  }
  return { svg: parts.join(""), height: y };
}

function words(strong: string, soft: string): Entry {
  const first = textWidth(strong, 12, true);
  return {
    width: first + 8 + textWidth(soft, 12),
    svg: (x, y) =>
      element("text", { x, y: y + 17, style: "font-weight:700" }, escaped(strong)) +
      element("text", { class: "soft", x: x + first + 8, y: y + 17 }, escaped(soft)),
  };
}

function networks(scene: Scene): Entry[] {
  return scene.networks.flatMap(({ key, facts, services }, number): Entry[] => {
    if (services.length === 0) return [];
    const size = chipWidth(key);
    const soft = facts.join(", ");
    return [
      {
        width: size + (soft === "" ? 0 : 8 + textWidth(soft, 12)),
        svg: (x, y) =>
          chip(key, number, x, y + 4) +
          (soft === "" ? "" : element("text", { class: "soft", x: x + size + 8, y: y + 17 }, escaped(soft))),
      },
    ];
  });
}

function sharedVolumes(scene: Scene): Entry[] {
  return scene.volumes.flatMap(({ key, users }) => {
    const services = [...new Set(users.map(({ service }) => service))];
    return services.length > 1 ? [words(key, services.join(", "))] : [];
  });
}

const meanings = {
  started: "waits until it is started",
  healthy: "waits until it is healthy",
  completed: "waits until it has ended well",
} as const;

function lines(edges: readonly SceneEdge[]): Entry[] {
  const kinds = (["started", "healthy", "completed"] as const)
    .filter((condition) => edges.some((edge) => edge.condition === condition && edge.required))
    .map((condition) => ({ text: meanings[condition] as string, condition, required: true }));
  const optional = edges.some(({ required }) => !required)
    ? [{ text: "if it is there", condition: "started" as const, required: false }]
    : [];
  return [...kinds, ...optional].map(({ text, ...kind }) => ({
    width: 44 + textWidth(text, 12),
    svg: (x, y) =>
      element("path", { class: edgeClass(kind), d: `M${x} ${y + 13}h34` }) +
      element("text", { class: "soft", x: x + 44, y: y + 17 }, escaped(text)),
  }));
}
