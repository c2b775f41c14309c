import { invalidArgument } from "../../errors/engine-error.ts";
import type { ContainerWish, InjectedFile } from "./container-body.ts";
import { isCopied, type ReferredFile, referredFiles } from "./file-references.ts";

/** Configs and secrets that are copied into the container before it starts. */
export function injectedFiles(wish: ContainerWish): InjectedFile[] {
  const files = referredFiles(wish).filter(isCopied);
  const first = files[0];
  if (first && wish.service.read_only) {
    throw invalidArgument(
      `cannot create ${first.kind} ${JSON.stringify(first.defined.name)} in read-only service ${wish.service.name}: \`file\` is the sole supported option`,
    );
  }
  return files.map((file) => ({
    path: file.target,
    mode: file.reference.mode ?? 0o444,
    uid: numberOf(file, "uid"),
    gid: numberOf(file, "gid"),
    content: contentOf(file, wish),
  }));
}

function contentOf({ kind, defined }: ReferredFile, { project }: ContainerWish): string {
  if (defined.content !== undefined) return defined.content;
  const value = project.environment[defined.environment ?? ""];
  if (value === undefined) {
    throw invalidArgument(
      `environment variable ${JSON.stringify(defined.environment)} required by ${kind} ${JSON.stringify(defined.name)} is not set`,
    );
  }
  return value;
}

/** Names are known inside of the image only, so these are numbers. */
function numberOf({ kind, reference }: ReferredFile, which: "uid" | "gid"): number {
  const text = reference[which] ?? "";
  if (text === "") return 0;
  if (/^\d+$/.test(text)) return Number(text);
  throw invalidArgument(
    `invalid ${which} ${JSON.stringify(text)} of ${kind} ${reference.source}: must be a number`,
  );
}
