import { posix } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import { TarReader } from "../../lib/tar/tar-reader.ts";
import { type LayerEntry, readLayerEntries } from "./layer-entries.ts";

export interface ReadLayer {
  /** Digest of its uncompressed bytes: the same on all engines. */
  readonly id: string;
  /** The step that made it, as its history says. */
  readonly command: string;
  readonly entries: readonly LayerEntry[];
}

export interface ReadImage {
  readonly layers: readonly ReadLayer[];
  readonly architecture: string;
}

interface SavedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

interface SavedConfig {
  readonly architecture?: string;
  readonly rootfs?: { readonly diff_ids?: readonly string[] };
  readonly history?: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
}

/** Configurations and manifests are far smaller. */
const jsonLimit = 16 << 20;

/**
 * Reads what `docker save` writes, in one pass and of any engine: layers may come before or
 * after the manifest that names them, plain or compressed. `onBytes` hears how far it got.
 */
export async function readImage(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void = () => {},
): Promise<ReadImage> {
  const archive = new TarReader(counted(stream, onBytes));
  const texts = new Map<string, string>();
  const layers = new Map<string, readonly LayerEntry[]>();
  const links = new Map<string, string>();
  for (let entry = await archive.next(); entry; entry = await archive.next()) {
    const { path } = entry;
    if (entry.type === "symlink" || entry.type === "hardlink") {
      const target = entry.linkTarget ?? "";
      links.set(path, entry.type === "symlink" ? posix.join(posix.dirname(path), target) : target);
    } else if (entry.type === "file") {
      const first = await archive.data();
      if (!first) continue;
      const begin = first[0];
      if (begin === 0x7b || begin === 0x5b) {
        const rest =
          entry.size <= jsonLimit ? await archive.bytes(jsonLimit).then((more) => [first.slice(), more]) : [];
        texts.set(path, Buffer.concat(rest).toString());
      } else if (!/(^|\/)(VERSION|repositories)$/.test(path)) {
        layers.set(path, await readLayerEntries(rest(archive, first)));
      }
    }
  }
  await archive.drain();
  return assemble(texts, layers, links);
}

async function* counted(stream: AsyncIterable<Uint8Array>, onBytes: (count: number) => void) {
  let count = 0;
  for await (const bytes of stream) {
    count += bytes.length;
    onBytes(count);
    yield bytes;
  }
}

async function* rest(archive: TarReader, first: Uint8Array): AsyncGenerator<Uint8Array> {
  yield first;
  for (let part = await archive.data(); part; part = await archive.data()) yield part;
}

function assemble(
  texts: ReadonlyMap<string, string>,
  layers: ReadonlyMap<string, readonly LayerEntry[]>,
  links: ReadonlyMap<string, string>,
): ReadImage {
  const [image] = JSON.parse(texts.get("manifest.json") ?? "[]") as SavedImage[];
  if (!image) throw invalidArgument("the engine's archive of the image has no manifest.json");
  const config = JSON.parse(texts.get(image.Config) ?? "{}") as SavedConfig;
  const commands = (config.history ?? [])
    .filter((step) => !step.empty_layer)
    .map((step) => step.created_by ?? "");
  return {
    architecture: config.architecture ?? "",
    layers: image.Layers.map((path, index) => {
      const entries = layers.get(path) ?? layers.get(links.get(path) ?? "");
      if (!entries)
        throw invalidArgument(`the engine's archive of the image lacks its layer ${JSON.stringify(path)}`);
      return {
        id: config.rootfs?.diff_ids?.[index] ?? path,
        command: shownCommand(commands[index] ?? ""),
        entries,
      };
    }),
  };
}

/** A step in the words of a Dockerfile, as far as the history has them. */
export function shownCommand(createdBy: string): string {
  const text = createdBy.replace(/\s*# buildkit$/, "").trim();
  const nop = /^\/bin\/sh -c #\(nop\)\s*(.*)$/s.exec(text);
  if (nop) return (nop[1] ?? "").trim();
  const shell = /^(?:\|\d+ .*?)?\/bin\/sh -c (.*)$/s.exec(text);
  if (shell) return `RUN ${(shell[1] ?? "").trim()}`;
  return text.replace(/^RUN (?:\|\d+ .*?)?\/bin\/sh -c /s, "RUN ");
}
