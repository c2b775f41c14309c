import { internal, invalidArgument } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { command } from "../command.ts";
import { analyse, type ImageAnalysis } from "../dive/analyse.ts";
import { percent } from "../dive/draw.ts";
import { readImage } from "../dive/read-image.ts";
import { diveJson, diveReport } from "../dive/report.ts";
import { exitCode } from "../exit-code.ts";
import { stringFlag } from "../flags/flag.ts";
import { humanSize } from "../format/human-size.ts";
import { interruptible } from "../interruptible.ts";
import type { Session } from "../session.ts";
import { mayColour, painter } from "../terminal/colours.ts";
import { isTerminal, standardError, standardInput, standardOutput } from "../terminal/tty.ts";

const flags = {
  format: stringFlag("'screen', 'text' or 'json' (default: 'screen' on a terminal, else 'text')"),
  "max-wasted": stringFlag('Fail when more than this is wasted (e.g. "20MB" or "5%")', {
    placeholder: "size",
  }),
  "min-efficiency": stringFlag('Fail when the efficiency is lower (e.g. "95%")', { placeholder: "percent" }),
};

export const diveCommand = command({
  usage: "dive [OPTIONS] IMAGE",
  flags,
  arguments: [1, 1],
  run: ({ values, positional: [name = ""] }, terminal, session) =>
    interruptible(async (signal) => {
      const limits = [
        parseLimit(values["max-wasted"], "--max-wasted"),
        parseLimit(values["min-efficiency"], "--min-efficiency"),
      ] as const;
      const { format } = values;
      if (!["", "screen", "text", "json"].includes(format)) {
        throw invalidArgument(`invalid format ${JSON.stringify(format)}: use "screen", "text" or "json"`);
      }
      const mayScreen = isTerminal(standardInput) && isTerminal(standardOutput);
      const checks = limits.some((limit) => limit !== undefined);
      const image = await download(name, terminal, session, signal);
      if (format === "screen" || (format === "" && mayScreen && !checks)) {
        const { requireTerminal, runFullScreen } = await import("../full-screen/full-screen.ts");
        const { diveScreen } = await import("../dive/screen.ts");
        requireTerminal("dive --format screen");
        await runFullScreen(diveScreen(name, image, painter(mayColour(session.env))), signal);
        return exitCode.ok;
      }
      const analysis = analyse(image);
      terminal.out(format === "json" ? diveJson(name, analysis) : diveReport(name, analysis));
      return judge(analysis, limits, terminal);
    }),
});

async function download(name: string, terminal: Terminal, session: Session, signal: AbortSignal) {
  const engine = await session.engine();
  const response = await engine.stream("ImageGet", { params: { name }, signal });
  const shows = isTerminal(standardError);
  let told = 0;
  if (!response.body) throw internal("the engine sent no archive");
  const image = await readImage(response.body, (count) => {
    if (!shows || Date.now() - told < 100) return;
    told = Date.now();
    terminal.err(`\rreading ${name}: ${humanSize(count)}\x1b[K`);
  });
  if (told > 0) terminal.err("\r\x1b[K");
  return image;
}

interface Limit {
  /** Bytes, or a share of the whole. */
  readonly kind: "bytes" | "share";
  readonly value: number;
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
};

function parseLimit(text: string, flag: string): Limit | undefined {
  if (text === "") return undefined;
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-zA-Z%]*)$/.exec(text) ?? [];
  if (number !== "" && unit === "%") return { kind: "share", value: Number(number) / 100 };
  const factor = units[unit.toLowerCase()];
  if (number === "" || factor === undefined)
    throw invalidArgument(`invalid value ${JSON.stringify(text)} for ${flag}`);
  if (flag === "--min-efficiency")
    return { kind: "share", value: Number(number) > 1 ? Number(number) / 100 : Number(number) };
  return { kind: "bytes", value: Number(number) * factor };
}

function judge(
  { wasted, total, efficiency }: ImageAnalysis,
  [mostWasted, leastEfficiency]: readonly [Limit | undefined, Limit | undefined],
  terminal: Terminal,
): number {
  const failures: string[] = [];
  if (mostWasted) {
    const limit = mostWasted.kind === "share" ? mostWasted.value * total : mostWasted.value;
    if (wasted > limit) failures.push(`${humanSize(wasted)} are wasted, more than ${humanSize(limit)}`);
  }
  if (leastEfficiency && efficiency < leastEfficiency.value) {
    failures.push(`its efficiency is ${percent(efficiency)}, less than ${percent(leastEfficiency.value)}`);
  }
  for (const failure of failures) terminal.err(`the image fails: ${failure}\n`);
  return failures.length === 0 ? exitCode.ok : exitCode.failed;
}
