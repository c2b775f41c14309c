import { checkOutGit, resolveGit } from "../contexts/git-checkout.ts";
import { type GitSource, parseGitUrl } from "../contexts/parse-git-url.ts";
import { withoutPassword } from "../contexts/without-password.ts";
import type { Op, StepScope } from "../solver/op.ts";
import type { OpMaker, OpParts } from "./op-parts.ts";

/** ADD of a git repository. */
export const gitOp: OpMaker<"git"> = ({ title, fresh, ...wish }, parts): Op => ({
  title,
  ...(fresh && { fresh: true }),
  ...gitTree(wish, parts),
});

export interface GitWish {
  readonly url: string;
  readonly keepGitDir: boolean;
  readonly checksum?: string;
}

/** A commit as a tree: known by its number, so the remote is asked each time what a branch is now. */
export function gitTree(wish: GitWish, parts: OpParts): Pick<Op, "inputs" | "facts" | "run"> {
  const parsed = parseGitUrl(wish.url);
  const source: GitSource = { ...parsed, checksum: wish.checksum ?? parsed.checksum };
  let commit: Promise<string> | undefined;
  const resolve = (scope: StepScope) => {
    commit ??= accessOf(parts, scope).then((access) => resolveGit(source, access));
    return commit;
  };
  return {
    inputs: [],
    facts: async (scope) => ({
      operation: "git",
      remote: withoutPassword(source.remote),
      commit: await resolve(scope),
      subdirectory: source.subdirectory,
      ...(wish.keepGitDir && { "git directory": "kept" }),
    }),
    run: async (_, scope) => {
      const found = await resolve(scope);
      await using layer = await parts.trees.layer({ kind: "empty" });
      const access = await accessOf(parts, scope);
      scope.onProgress({ id: found.slice(0, 12), status: "Fetching" });
      await checkOutGit(source, found, layer.path, {
        ...access,
        keepGitDir: wish.keepGitDir,
        scratch: parts.directory,
      });
      return await layer.commit();
    },
  };
}

async function accessOf({ request }: OpParts, { signal }: StepScope) {
  const token = await request.secrets.read("GIT_AUTH_TOKEN");
  return { signal, ...(token && { token: Buffer.from(token).toString("utf8").trim() }) };
}
