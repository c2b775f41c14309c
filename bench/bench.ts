// `npm run bench [-- WORD...]`: Hull and dockerd side by side, asked in turns, medians and ratios.
// Words choose measures by a part of their name.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeNetworkNamespace, ReferenceEngine } from "../tests/setup/reference-engine.ts";
import { TestEngine } from "../tests/setup/test-engine.ts";
import { buildMeasures } from "./build-measures.ts";
import { cliContenders, cliMeasures } from "./cli-measures.ts";
import { composeMeasures } from "./compose-measures.ts";
import type { Contender } from "./contender.ts";
import { imageMeasures } from "./image-measures.ts";
import { type Measure, measures } from "./measures.ts";
import { networkMeasures } from "./network-measures.ts";

const executable = join(import.meta.dir, "../dist/hull");
const words = process.argv.slice(2);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

async function compare(measure: Measure, contenders: readonly Contender[]): Promise<boolean> {
  const values = contenders.map((): number[] => []);
  for (let round = 0; round < measure.rounds; round++) {
    for (const [index, contender] of contenders.entries())
      values[index]?.push(await measure.run(contender, round));
  }
  for (const contender of contenders) await measure.after?.(contender);
  const [ours = Number.NaN, theirs] = values.map(median);
  const show = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0).padStart(9);
  let line = `${measure.name.padEnd(30)} ${measure.unit.padEnd(5)} ${show(ours)}`;
  let met = measure.most === undefined || ours <= measure.most;
  if (theirs !== undefined) {
    const ratio = ours / theirs;
    line += ` ${show(theirs)} ${ratio.toFixed(2).padStart(7)}`;
    if (measure.bar !== undefined) {
      met = measure.unit === "MB/s" ? ratio >= measure.bar : ratio <= measure.bar;
      line += `   ${measure.unit === "MB/s" ? "at least" : "at most"} ${measure.bar.toFixed(2)}: ${met ? "met" : "MISSED"}`;
    }
  }
  if (measure.most !== undefined)
    line += `   at most ${measure.most} ${measure.unit}: ${met ? "met" : "MISSED"}`;
  console.log(line);
  return met;
}

async function main(): Promise<number> {
  if (!existsSync(executable)) throw new Error("dist/hull is not there: run `npm run build` first");
  process.env.HULL_TEST_EXECUTABLE = executable;
  const chosen = [
    ...measures,
    ...imageMeasures,
    ...networkMeasures,
    ...buildMeasures,
    ...composeMeasures,
  ].filter((measure) => words.length === 0 || words.some((word) => measure.name.includes(word)));
  await using undo = new AsyncDisposableStack();
  const mine = makeNetworkNamespace(`hull-bench-${process.pid}`);
  undo.defer(mine.remove);
  const hull = await TestEngine.start({ wrapper: mine.wrapper });
  undo.defer(() => hull[Symbol.asyncDispose]());
  const contenders: Contender[] = [hull];
  const program = Bun.which("dockerd");
  if (program) {
    const theirs = makeNetworkNamespace(`hull-bench-ref-${process.pid}`);
    const reference = new ReferenceEngine(program, theirs.wrapper, theirs.remove);
    undo.defer(() => reference[Symbol.asyncDispose]());
    await reference.start();
    await reference.loadBusybox();
    contenders.push(reference);
  } else {
    console.log(
      "dockerd is not installed (Debian package docker.io): Hull alone is measured, without ratios",
    );
  }
  console.log(
    `${"median of rounds in turns".padEnd(36)} ${contenders.map(({ name }) => name.padStart(9)).join(" ")}   ratio`,
  );
  let missed = 0;
  const chosenCli = cliMeasures.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  const programs = cliContenders(hull, executable);
  for (const measure of chosenCli) if (!(await compare(measure, programs))) missed++;
  for (const measure of chosen) if (!(await compare(measure, contenders))) missed++;
  console.log(missed === 0 ? "all bars met" : `${missed} bars missed`);
  return missed === 0 ? 0 : 1;
}

process.exit(await main());
