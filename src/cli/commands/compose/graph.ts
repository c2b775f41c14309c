import type { Scene } from "../../../compose/graph/scene.ts";
import type { Paint } from "../../../compose/graph/terminal/canvas.ts";
import type { Project } from "../../../compose/model/project.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command, type Terminal } from "../../command.ts";
import { mayPaint } from "../../compose/may-paint.ts";
import { openProject } from "../../compose/open-project.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, integerFlag, stringFlag } from "../../flags/flag.ts";
import type { Session } from "../../session.ts";
import { painter } from "../../terminal/colours.ts";
import { standardOutput, windowSize } from "../../terminal/tty.ts";

const formats = ["terminal", "svg", "mermaid", "dot"] as const;
type Format = (typeof formats)[number];

/** Where nobody looks, and a drawing must have some width. */
const usualWidth = 100;
const leastWidth = 40;

const flags = {
  format: stringFlag(
    'How to draw: "terminal", "svg", "mermaid" or "dot" (default: as the output file is called)',
    {
      complete: formats,
    },
  ),
  live: booleanFlag("Show what the engine has of it: running, healthy, exited"),
  output: stringFlag("Write to a file instead of standard output", { short: "o", complete: "files" }),
  width: integerFlag("Columns of the terminal's drawing (default: the window's)"),
};

export const composeGraphCommand = command({
  usage: "graph [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about:
      "Draws the project: services in layers, those that wait above those they wait for, with published ports, networks, volumes and replicas. The style of a line says what is waited for. Nothing is asked of the engine, but for --live.",
    examples: [
      ["In the terminal", "hull compose graph"],
      ["With what is running", "hull compose graph --live"],
      ["As a picture", "hull compose graph -o project.svg"],
      ["For a README", "hull compose graph --format mermaid"],
    ],
    also: ["compose config", "compose ps"],
  },
  async run({ values, positional, given }, terminal, session) {
    const format = formatOf(values.format, values.output);
    if (given.has("width") && format !== "terminal")
      throw invalidArgument(`--width is about the terminal's drawing, not about ${format}`);
    const project = await openProject(terminal, session, {
      services: positional,
      steps: { resolveEnvironment: false },
    });
    const live = values.live ? await statesOf(project, terminal, session) : undefined;
    const { sceneOf } = await import("../../../compose/graph/scene.ts");
    const scene = sceneOf(project, live);
    const toFile = values.output !== "" && values.output !== "-";
    const text = await drawing(format, scene, {
      width: widthOf(values.width),
      paint: painter(!toFile && mayPaint(session, standardOutput)),
    });
    if (toFile) await Bun.write(values.output, text);
    else terminal.out(text);
    return exitCode.ok;
  },
});

const extensions: Readonly<Record<string, Format>> = {
  svg: "svg",
  mmd: "mermaid",
  mermaid: "mermaid",
  dot: "dot",
  gv: "dot",
};

function formatOf(given: string, output: string): Format {
  if (given === "") return extensions[output.split(".").at(-1)?.toLowerCase() ?? ""] ?? "terminal";
  const format = formats.find((one) => one === given);
  if (!format) {
    const words = formats.map((one) => JSON.stringify(one)).join(", ");
    throw invalidArgument(`invalid value ${JSON.stringify(given)} for --format: use one of ${words}`);
  }
  return format;
}

function widthOf(given: number): number {
  if (given !== 0 && given < leastWidth)
    throw invalidArgument(`invalid value ${given} for --width: at least ${leastWidth}`);
  return given || Math.max(leastWidth, windowSize()?.columns ?? usualWidth);
}

async function drawing(
  format: Format,
  scene: Scene,
  { width, paint }: { width: number; paint: Paint },
): Promise<string> {
  switch (format) {
    case "terminal":
      return (await import("../../../compose/graph/terminal/draw.ts")).terminalGraph(scene, width, paint);
    case "svg":
      return (await import("../../../compose/graph/svg/draw.ts")).svgGraph(scene);
    case "mermaid":
      return (await import("../../../compose/graph/mermaid.ts")).mermaidGraph(scene);
    case "dot":
      return (await import("../../../compose/graph/dot.ts")).dotGraph(scene);
  }
  return format satisfies never;
}

async function statesOf(project: Project, terminal: Terminal, session: Session) {
  const [{ liveStates, orphansOf }, { observeContainers }] = await Promise.all([
    import("../../../compose/graph/live.ts"),
    import("../../../compose/observe/observe-project.ts"),
  ]);
  const engine = await session.engine();
  const containers = (await observeContainers(engine, project.name)).map(({ summary }) => summary);
  const orphans = orphansOf(containers, [
    ...Object.keys(project.services),
    ...Object.keys(project.disabledServices),
  ]);
  if (orphans.length > 0) {
    terminal.err(`WARN: containers of services that are not in the file: ${orphans.join(", ")}\n`);
  }
  return liveStates(containers, Object.keys(project.services));
}
