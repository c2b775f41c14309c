import { invalidArgument } from "../../../errors/engine-error.ts";
import { epochSeconds } from "../../../lib/tar/entry.ts";
import { TarReader } from "../../../lib/tar/tar-reader.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../../lib/tar/tar-writer.ts";
import { type ContextMeta, parseMeta, type TlsFiles } from "../../config/context-store.ts";
import { goJson } from "../../format/go-json.ts";
import { unzip } from "./unzip.ts";

/** A context as it travels: `meta.json` and `tls/ENDPOINT/FILE` in a tar archive. */
export interface ContextArchive {
  readonly meta: ContextMeta;
  readonly tls: Readonly<Record<string, TlsFiles>>;
}

export function packContext({ meta, tls }: ContextArchive): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (
    path: string,
    type: "file" | "directory",
    mode: number,
    bytes: Uint8Array = new Uint8Array(),
  ) => {
    const entry = { path, type, mode, uid: 0, gid: 0, size: bytes.length, modified: epochSeconds(0) };
    parts.push(formatHeader(entry), bytes, paddingAfter(bytes.length));
  };
  add("meta.json", "file", 0o644, Buffer.from(goJson(meta)));
  add("tls", "directory", 0o700);
  for (const [endpoint, files] of Object.entries(tls)) {
    add(`tls/${endpoint}`, "directory", 0o700);
    for (const [name, bytes] of Object.entries(files)) add(`tls/${endpoint}/${name}`, "file", 0o600, bytes);
  }
  parts.push(endOfArchive());
  return Buffer.concat(parts);
}

/** More than certificates ever need; an archive of unknown origin must not fill the memory. */
const longest = 10 * 1024 * 1024;

/** Takes nothing but the names it knows: a path of a hostile archive leads nowhere. */
export async function unpackContext(bytes: Uint8Array<ArrayBuffer>): Promise<ContextArchive> {
  if (bytes.length > longest) throw invalidArgument("the archive is too large for a context");
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  return contextOf(isZip ? unzip(bytes, longest) : await untar(bytes));
}

async function untar(bytes: Uint8Array<ArrayBuffer>): Promise<Map<string, Uint8Array>> {
  // The docker program writes its archives without the zeros that belong at the end.
  const reader = new TarReader(new Blob([bytes, new Uint8Array(2048 - (bytes.length % 512))]).stream());
  const files = new Map<string, Uint8Array>();
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    if (entry.type !== "directory") files.set(entry.path, await reader.bytes());
  }
  return files;
}

function contextOf(files: ReadonlyMap<string, Uint8Array>): ContextArchive {
  let meta: ContextMeta | undefined;
  const tls: Record<string, Record<string, Uint8Array>> = {};
  for (const [name, bytes] of files) {
    const path = /^tls\/([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+)$/.exec(name);
    if (name === "meta.json") meta = parseMeta(Buffer.from(bytes).toString(), "meta.json");
    else if (path?.[1] && path[2] && ![path[1], path[2]].some((part) => /^\.+$/.test(part))) {
      tls[path[1]] = { ...tls[path[1]], [path[2]]: Buffer.from(bytes) };
    } else throw invalidArgument(`invalid context: unexpected file ${JSON.stringify(name)}`);
  }
  if (!meta) throw invalidArgument("invalid context: no metadata found");
  return { meta, tls };
}
