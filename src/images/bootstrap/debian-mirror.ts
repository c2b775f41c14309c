import { isKind, notFound, unavailable } from "../../errors/engine-error.ts";
import type { AptSource } from "./apt-sources.ts";
import { type DebianRelease, fetchRelease } from "./debian-release.ts";

/** Asks for a Release file; tests pass their own. */
export type AskRelease = (uri: string, suite: string) => Promise<DebianRelease | undefined>;

/** A suite and where all that belongs to it comes from. */
export interface DebianMirror {
  readonly release: DebianRelease;
  /** The suite itself first, then its updates and its security fixes, as far as there are any. */
  readonly sources: readonly { readonly uri: string; readonly suite: string; readonly signedBy?: string }[];
}

const debianOrigin = "Debian";

/**
 * The mirror of this machine that has a suite. Which of the configured archives is Debian's own
 * is asked of the archives: addresses say little, and an Ubuntu has a `main` too.
 */
export async function findDebianMirror(
  suite: string,
  configured: readonly AptSource[],
  ask: AskRelease = fetchRelease,
): Promise<DebianMirror> {
  const bases = configured.filter(isBase);
  if (bases.length === 0)
    throw unavailable("no Debian mirror is configured on this machine: name one with --mirror");
  let unreachable: unknown;
  for (const base of bases) {
    try {
      const release = await ask(base.uri, suite);
      if (release?.origin !== debianOrigin) continue;
      return { release, sources: await sourcesOf(release, base, configured, ask) };
    } catch (error) {
      if (!isKind(error, "unavailable")) throw error;
      unreachable ??= error;
    }
  }
  if (unreachable !== undefined) throw unreachable;
  const asked = [...new Set(bases.map(({ uri }) => `"${uri}"`))].join(", ");
  throw notFound(`no configured mirror has a Debian suite "${suite}" (asked ${asked})`);
}

/** Archives with whole suites: those for updates and fixes only are no base. */
function isBase({ suites, components }: AptSource): boolean {
  return components.includes("main") && suites.some((suite) => !/[-/]/.test(suite));
}

async function sourcesOf(
  release: DebianRelease,
  base: AptSource,
  configured: readonly AptSource[],
  ask: AskRelease,
): Promise<DebianMirror["sources"]> {
  const { codename } = release;
  const found = [sourceFrom(base, codename)];
  const security = configured.find(({ suites }) => suites.some((suite) => suite.endsWith("-security")));
  const additions: [AptSource | undefined, string][] = [
    [base, `${codename}-updates`],
    [security, `${codename}-security`],
  ];
  for (const [source, suite] of additions) {
    if (!source) continue;
    const there = await ask(source.uri, suite);
    if (there?.origin === debianOrigin) found.push(sourceFrom(source, suite));
  }
  return found;
}

function sourceFrom({ uri, signedBy }: AptSource, suite: string): DebianMirror["sources"][number] {
  return { uri, suite, ...(signedBy !== undefined && { signedBy }) };
}

/** The suites a mirror leads to by their roles, as `debian:CODENAME` names them. */
export async function suitesOf(
  configured: readonly AptSource[],
  ask: AskRelease = fetchRelease,
): Promise<{ readonly codename: string; readonly role: string; readonly uri: string }[]> {
  const named = configured
    .filter(isBase)
    .flatMap(({ suites }) => suites.filter((suite) => !/[-/]/.test(suite)));
  const wanted = [...new Set([...named, "oldstable", "stable", "testing", "unstable"])];
  const answers = await Promise.allSettled(
    wanted.map((suite) => findDebianMirror(suite, configured.filter(isBase), ask)),
  );
  const suites = new Map<string, { codename: string; role: string; uri: string }>();
  for (const answer of answers) {
    if (answer.status !== "fulfilled") continue;
    const { release, sources } = answer.value;
    suites.set(release.codename, {
      codename: release.codename,
      role: release.suite,
      uri: sources[0]?.uri ?? "",
    });
  }
  if (suites.size > 0) return [...suites.values()];
  const [failed] = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  throw failed;
}
