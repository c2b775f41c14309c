import type { Condition, Scene } from "./scene.ts";

const arrows: Readonly<Record<Condition, string>> = {
  started: "-->",
  healthy: "==>|healthy|",
  completed: "-->|completed|",
};

/** A Mermaid flow chart, for pages and READMEs that draw such things. */
export function mermaidGraph(scene: Scene): string {
  const number = new Map(scene.services.map(({ name }, at) => [name, `s${at}`]));
  const lines = ["flowchart LR"];
  for (const { name, origin, replicas } of scene.services) {
    const title = replicas === 1 ? name : `${name} ×${replicas}`;
    lines.push(`  ${number.get(name)}["${text(title)}<br/><small>${text(origin)}</small>"]`);
  }
  for (const [at, { name, ports }] of scene.services.entries()) {
    for (const [index, { host, target }] of ports.entries()) {
      lines.push(`  p${at}_${index}(["${text(host)}"]) -->|"${text(target)}"| ${number.get(name)}`);
    }
  }
  for (const { from, to, condition, required } of scene.edges) {
    const arrow = required ? arrows[condition] : "-.->|if there|";
    lines.push(`  ${number.get(from)} ${arrow} ${number.get(to)}`);
  }
  for (const [at, { key, users }] of scene.volumes.entries()) {
    if (users.length === 0) continue;
    lines.push(`  v${at}[("${text(key)}")]`);
    for (const service of new Set(users.map((user) => user.service))) {
      lines.push(`  ${number.get(service)} --- v${at}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Mermaid takes letters by their numbers where they would end a label. */
function text(words: string): string {
  return words.replace(/[^\p{L}\p{N} ./:×*_-]/gu, (letter) => `#${letter.codePointAt(0)};`);
}
