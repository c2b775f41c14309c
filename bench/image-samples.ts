import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localImage, localImageArchive } from "../src/images/bootstrap/local-image.ts";
import { packLayer } from "../src/images/bootstrap/pack-layer.ts";

/** Archives for `docker load`, made once, when a measure first asks; gone with the process. */
const directory = mkdtempSync(join(tmpdir(), "hull-bench-images-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

export interface Sample {
  readonly name: string;
  readonly fill: (tree: string) => void;
}

/** Programs and libraries of this machine, as base images consist of. */
export const baseImage: Sample = { name: "bench-base", fill: (tree) => copySystem(tree, 200e6) };

export const smallFiles: Sample = { name: "bench-small", fill: (tree) => writeSmallFiles(tree, 12_000) };

/** One layer of a gigabyte that does not compress. */
export const bigLayer: Sample = { name: "bench-big", fill: (tree) => writeNoise(tree, 16, 64 << 20) };

const seconds = 1_700_000_000;

/**
 * The path of an archive of one layer, tagged `<name>:<variant>`. Variants have no layer in common:
 * nothing needs to be removed between two rounds, which would be paid for by the next one (ext4
 * is slow where much was just deleted).
 */
export async function archiveOf(sample: Sample, variant: number): Promise<string> {
  const path = join(directory, `${sample.name}-${variant}.tar`);
  if (existsSync(path)) return path;
  const tree = join(directory, sample.name);
  if (!existsSync(tree)) {
    mkdirSync(tree);
    sample.fill(tree);
  }
  writeFileSync(join(tree, "variant"), `${variant}`);
  const layerPath = join(directory, `${sample.name}.layer`);
  const layer = await packLayer(tree, layerPath, seconds, new AbortController().signal);
  const config = { runConfig: { Cmd: ["true"] }, created: seconds, createdBy: "bench" };
  await using image = localImage(layer, config);
  await using file = await open(path, "w");
  for await (const chunk of localImageArchive(image, [`${sample.name}:${variant}`]))
    await file.writeFile(chunk);
  rmSync(layerPath);
  return path;
}

function copySystem(tree: string, bytes: number): void {
  let left = bytes;
  const copy = (from: string, to: string) => {
    mkdirSync(to, { recursive: true });
    const files: string[] = [];
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (left <= 0) break;
      const path = join(from, entry.name);
      if (entry.isDirectory()) copy(path, join(to, entry.name));
      else if (entry.isSymbolicLink()) files.push(path);
      else if (entry.isFile() && statSync(path).size < 20e6) {
        left -= statSync(path).size;
        files.push(path);
      }
    }
    if (files.length > 0) Bun.spawnSync(["cp", "-a", "--", ...files, to]);
  };
  for (const name of ["bin", "lib", "share"]) copy(join("/usr", name), join(tree, "usr", name));
}

function writeSmallFiles(tree: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const folder = join(tree, "app", `d${Math.floor(i / 100)}`);
    if (i % 100 === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${i}.js`), `export const value${i} = ${i};\n`.repeat(20 + (i % 80)));
  }
}

function writeNoise(tree: string, files: number, size: number): void {
  const noise = new Uint8Array(1 << 20);
  for (let i = 0; i < files; i++) {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < size; at += noise.length) {
      for (let from = 0; from < noise.length; from += 65536)
        crypto.getRandomValues(noise.subarray(from, from + 65536));
      parts.push(noise.slice());
    }
    writeFileSync(join(tree, `noise-${i}`), Buffer.concat(parts));
  }
}
