import { invalidArgument } from "../../errors/engine-error.ts";

/** A git repository as contexts and ADD name it. */
export interface GitSource {
  /** What git is given. */
  readonly remote: string;
  /** Branch, tag or commit; empty: what the remote's HEAD is. */
  readonly ref: string;
  /** Directory of it that is taken; empty: all. */
  readonly subdirectory: string;
  /** A commit, or the beginning of one, that it must be. */
  readonly checksum: string | undefined;
}

/** `…#ref:subdirectory`, or with a query: `?ref=…&subdir=…&checksum=…` (also branch, tag, commit). */
export function parseGitUrl(text: string): GitSource {
  const hash = text.indexOf("#");
  const [address, fragment] = hash < 0 ? [text, ""] : [text.slice(0, hash), text.slice(hash + 1)];
  const query = /^[a-z]+:\/\//i.test(address) ? address.indexOf("?") : -1;
  const remote = withScheme(query < 0 ? address : address.slice(0, query));
  const words = new URLSearchParams(query < 0 ? "" : address.slice(query + 1));
  const colon = fragment.indexOf(":");
  let ref = colon < 0 ? fragment : fragment.slice(0, colon);
  let subdirectory = colon < 0 ? "" : fragment.slice(colon + 1);
  let checksum: string | undefined;
  for (const [name, value] of words) {
    if (["ref", "branch", "tag", "commit"].includes(name)) {
      if (ref !== "" && ref !== value)
        throw invalidArgument(`ref conflict in git URL: "${ref}" and "${value}"`);
      ref = name === "branch" ? `refs/heads/${value}` : name === "tag" ? `refs/tags/${value}` : value;
    } else if (name === "subdir") {
      if (subdirectory !== "" && subdirectory !== value)
        throw invalidArgument(`subdir conflict in git URL: "${subdirectory}" and "${value}"`);
      subdirectory = value;
    } else if (name === "checksum") checksum = value;
    else throw invalidArgument(`unexpected query "${name}" in git URL`);
  }
  // Git would take it for an option.
  if (remote.startsWith("-") || ref.startsWith("-")) throw invalidArgument(`invalid git URL "${text}"`);
  return { remote, ref, subdirectory: cleanSubdirectory(subdirectory), checksum };
}

/** `github.com/user/repo` is what people have typed since there is Docker. */
function withScheme(address: string): string {
  return /^github\.com\//.test(address) ? `https://${address}` : address;
}

function cleanSubdirectory(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw invalidArgument(`invalid git subdirectory "${path}"`);
  return parts.join("/");
}
