import { invalidArgument } from "../../errors/engine-error.ts";
import { withoutPassword } from "../contexts/without-password.ts";
import { expandWord } from "../dockerfile/expand-word.ts";
import type { InstructionOf } from "../dockerfile/instruction.ts";
import { isGit, isUrl } from "../dockerfile/source-kinds.ts";
import { absoluteFrom, type WordExpander } from "./configure.ts";
import type { CopyItem, CopyOperation, Operation } from "./operation.ts";
import { type StageDraft, scopeOf } from "./stage-draft.ts";

export interface TransferSetting {
  readonly title: string;
  readonly fresh: boolean;
  readonly epoch: number | undefined;
  readonly expand: WordExpander;
  sourceOf(from: string | undefined): Promise<Operation>;
}

type Transfer = InstructionOf<"COPY"> | InstructionOf<"ADD">;

/** COPY or ADD as an operation, and the words of its history. */
export async function planTransfer(
  draft: StageDraft,
  transfer: Transfer,
  setting: TransferSetting,
): Promise<{ operation: CopyOperation; words: string }> {
  const { expand } = setting;
  const sources = transfer.sources.map((source) => expand.value(source));
  const destination = expand.value(transfer.destination);
  const owner = transfer.chown === undefined ? undefined : expand.value(transfer.chown);
  const mode = transfer.chmod === undefined ? undefined : expand.value(transfer.chmod);
  const count = sources.length + transfer.heredocs.length;
  if (count === 0) throw invalidArgument(`${transfer.name} requires at least two arguments`);
  if (count > 1 && !isDirectory(destination)) {
    throw invalidArgument(
      `When using ${transfer.name} with more than one source file, the destination must be a directory and end with a /`,
    );
  }
  const operation: CopyOperation = {
    kind: "copy",
    title: setting.title,
    ...(setting.fresh && { fresh: true }),
    base: draft.top,
    items: [
      ...(await filesOf(transfer, sources, expand, setting)),
      ...transfer.heredocs.map((heredoc) => ({
        fileName: expand.value(heredoc.name),
        content: heredoc.expand ? expandContent(draft, heredoc.content) : heredoc.content,
      })),
    ],
    destination: absolute(draft, destination),
    ...(owner !== undefined && { owner }),
    ...(mode !== undefined && { mode }),
    link: transfer.link,
    parents: transfer.name === "COPY" && transfer.parents,
    excludes: transfer.excludes.map((pattern) => expand.value(pattern)),
    ...(setting.epoch !== undefined && { epoch: setting.epoch }),
  };
  const words = [
    transfer.name,
    ...(owner === undefined ? [] : [`--chown=${owner}`]),
    ...(mode === undefined ? [] : [`--chmod=${mode}`]),
    ...(operation.parents ? ["--parents"] : []),
    ...sources,
    ...transfer.heredocs.map(({ name }) => `<<${name}`),
    destination,
    "# buildkit",
  ];
  return { operation, words: words.join(" ") };
}

/** In heredocs quotes are text; the escape is always a backslash. */
function expandContent(draft: StageDraft, content: string): string {
  return expandWord(content, scopeOf(draft), { escape: "\\", quotesAreText: true });
}

async function filesOf(
  transfer: Transfer,
  sources: readonly string[],
  expand: WordExpander,
  setting: TransferSetting,
): Promise<CopyItem[]> {
  if (transfer.name === "COPY") {
    if (sources.length === 0) return [];
    return [{ from: await setting.sourceOf(transfer.from), paths: sources, unpack: "never" }];
  }
  const local = sources.filter((source) => !isUrl(source) && !isGit(source));
  const checksum = transfer.checksum === undefined ? undefined : expand.value(transfer.checksum);
  if (checksum !== undefined && local.length > 0)
    throw invalidArgument("checksum can't be specified for non-HTTP(S) and non-Git sources");
  const items: CopyItem[] = [];
  for (const source of sources) {
    if (isGit(source)) items.push(gitItem(source, transfer, checksum));
    else if (isUrl(source)) items.push(downloadItem(source, transfer, checksum));
  }
  if (local.length === 0) return items;
  const unpack = transfer.unpack === false ? "never" : "archives";
  return [...items, { from: await setting.sourceOf(undefined), paths: local, unpack }];
}

function gitItem(url: string, add: InstructionOf<"ADD">, checksum: string | undefined): CopyItem {
  const from: Operation = {
    kind: "git",
    title: `[git] ${withoutPassword(url)}`,
    url,
    keepGitDir: add.keepGitDir,
    ...(checksum !== undefined && { checksum }),
  };
  return { from, paths: ["/"], unpack: "never" };
}

function downloadItem(url: string, add: InstructionOf<"ADD">, checksum: string | undefined): CopyItem {
  const fileName = fileNameOf(url);
  const from: Operation = {
    kind: "download",
    title: `[download] ${withoutPassword(url)}`,
    url,
    fileName,
    ...(checksum !== undefined && { checksum }),
  };
  return { from, paths: [`/${fileName}`], unpack: add.unpack === true ? "archives" : "never" };
}

/** The last part of its path; the server's word for it is not asked for. */
function fileNameOf(url: string): string {
  const { pathname } = new URL(url);
  const name = decodeURIComponent(pathname.split("/").at(-1) ?? "");
  if (name === "" || name === "." || name === ".." || name.includes("/"))
    throw invalidArgument(`cannot determine filename for source ${url}`);
  return name;
}

const isDirectory = (path: string): boolean => /(?:^|\/)\.{0,2}$/.test(path);

function absolute(draft: StageDraft, destination: string): string {
  const path = absoluteFrom(draft.config, destination);
  return isDirectory(destination) && path !== "/" ? `${path}/` : path;
}
