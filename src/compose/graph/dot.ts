import type { Scene } from "./scene.ts";

const looks = {
  started: "",
  healthy: 'label="healthy", penwidth=2',
  completed: 'label="completed", style=dashed',
} as const;

/** For Graphviz. */
export function dotGraph(scene: Scene): string {
  const lines = [
    `digraph ${quoted(scene.name)} {`,
    "  rankdir=LR;",
    '  node [shape=box, style=rounded, fontname="Helvetica"];',
    '  edge [fontname="Helvetica", fontsize=10];',
  ];
  for (const { name, origin, replicas, networks } of scene.services) {
    const title = replicas === 1 ? name : `${name} ×${replicas}`;
    const label = [title, origin, networks.join(", ")].filter((line) => line !== "").join("\n");
    lines.push(`  ${quoted(name)} [label=${quoted(label)}];`);
  }
  for (const { name, ports } of scene.services) {
    for (const { host, target } of ports) {
      const port = quoted(`host ${host}`);
      lines.push(`  ${port} [label=${quoted(host)}, shape=plaintext];`);
      lines.push(`  ${port} -> ${quoted(name)} [label=${quoted(target)}];`);
    }
  }
  for (const { from, to, condition, required } of scene.edges) {
    const look = required ? looks[condition] : 'label="if there", style=dotted';
    lines.push(`  ${quoted(from)} -> ${quoted(to)}${look === "" ? "" : ` [${look}]`};`);
  }
  for (const { key, users } of scene.volumes) {
    if (users.length === 0) continue;
    const volume = quoted(`volume ${key}`);
    lines.push(`  ${volume} [label=${quoted(key)}, shape=cylinder];`);
    for (const service of new Set(users.map((user) => user.service))) {
      lines.push(`  ${quoted(service)} -> ${volume} [arrowhead=none];`);
    }
  }
  return `${lines.join("\n")}\n}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
