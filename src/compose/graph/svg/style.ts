/** One colour a network, as letters on paper and as letters on a dark screen. */
const networkColours: readonly (readonly [light: string, dark: string])[] = [
  ["#0f6fc6", "#6cb6ff"],
  ["#a8459b", "#e79bdc"],
  ["#b3570a", "#f0a35e"],
  ["#1a7f4b", "#5fd39b"],
  ["#6b57c9", "#b3a5ff"],
  ["#b3364a", "#ff9aa8"],
  ["#0b7c87", "#5ed0da"],
  ["#77700f", "#d3c95a"],
];

const light = {
  page: "#f6f7f9",
  card: "#ffffff",
  line: "#d4d9e1",
  text: "#1b2430",
  soft: "#5c6878",
  edge: "#8a96a8",
  healthy: "#1a7f4b",
  completed: "#0f6fc6",
  port: "#1b2430",
  portText: "#ffffff",
  good: "#1a7f4b",
  waiting: "#a86a00",
  bad: "#c2293d",
};

const dark: typeof light = {
  page: "#12161c",
  card: "#1c222b",
  line: "#38414e",
  text: "#e8edf4",
  soft: "#9aa7b8",
  edge: "#74808f",
  healthy: "#5fd39b",
  completed: "#6cb6ff",
  port: "#e8edf4",
  portText: "#12161c",
  good: "#5fd39b",
  waiting: "#f0b95e",
  bad: "#ff8593",
};

function variables(colours: typeof light, side: 0 | 1): string {
  const named = Object.entries(colours).map(([name, value]) => `--${name}:${value}`);
  const networks = networkColours.map((pair, at) => `--net${at}:${pair[side]}`);
  return [...named, ...networks].join(";");
}

const font = `"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif`;

/** Everything the drawing's elements look like, for light and dark screens. */
export const styleSheet = [
  `svg{${variables(light, 0)};font-family:${font};color-scheme:light dark}`,
  `@media (prefers-color-scheme:dark){svg{${variables(dark, 1)}}}`,
  ".page{fill:var(--page)}",
  ".card{fill:var(--card);stroke:var(--line);stroke-width:1.25}",
  ".back{fill:var(--card);stroke:var(--line);stroke-width:1.25}",
  "text{fill:var(--text);font-size:12px}",
  ".title{font-size:22px;font-weight:700}",
  ".name{font-size:15px;font-weight:700}",
  ".soft{fill:var(--soft)}",
  ".chip{font-size:11px;font-weight:700}",
  ".port{fill:var(--port)}",
  ".portText{fill:var(--portText);font-size:11px;font-weight:700}",
  ".badge{fill:var(--line)}",
  ".sign{fill:none;stroke:var(--soft);stroke-width:1.3;stroke-linecap:round;stroke-linejoin:round}",
  ".edge{fill:none;stroke:var(--edge);stroke-width:1.5}",
  ".edge.healthy{stroke:var(--healthy);stroke-width:2.5}",
  ".edge.completed{stroke:var(--completed);stroke-width:2;stroke-dasharray:9 4}",
  ".edge.optional{stroke-dasharray:2 4}",
  ".head{fill:var(--edge)}",
  ".head.healthy{fill:var(--healthy)}",
  ".head.completed{fill:var(--completed)}",
  ".good{fill:var(--good)}",
  ".waiting{fill:var(--waiting)}",
  ".bad{fill:var(--bad)}",
  ".ended{fill:var(--completed)}",
  ".none{fill:var(--soft)}",
].join("\n");

export function networkColour(at: number): string {
  return `var(--net${at % networkColours.length})`;
}
