import { readFile } from "node:fs/promises";
import { messageOf, unavailable } from "../../errors/engine-error.ts";

/** What the Release file of a suite says of it. */
export interface DebianRelease {
  readonly origin: string;
  /** `stable`, `oldstable`, `testing`: moves on; `bookworm-security` says `oldstable-security`. */
  readonly suite: string;
  readonly codename: string;
  /** Seconds. */
  readonly date: number;
  readonly components: readonly string[];
}

const patience = 15_000;

/**
 * Asks a mirror for a suite. Undefined: the mirror answers and does not have it. The signature is
 * not checked here: what counts is verified by the tool that installs from it.
 */
export async function fetchRelease(
  uri: string,
  suite: string,
  options: { readonly proxy?: string; readonly signal?: AbortSignal } = {},
): Promise<DebianRelease | undefined> {
  for (const file of ["InRelease", "Release"]) {
    const text = await fetchText(`${uri}/dists/${suite}/${file}`, options);
    const release = text === undefined ? undefined : parseRelease(text);
    if (release) return release;
  }
  return undefined;
}

async function fetchText(
  address: string,
  { proxy, signal }: { readonly proxy?: string; readonly signal?: AbortSignal },
): Promise<string | undefined> {
  if (address.startsWith("file:") || address.startsWith("copy:"))
    return readFile(address.replace(/^[a-z]+:(?:\/\/)?/, ""), "utf8").catch(() => undefined);
  if (!/^https?:/.test(address)) return undefined;
  const timeout = AbortSignal.timeout(patience);
  try {
    const response = await fetch(address, {
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(proxy !== undefined && { proxy }),
    });
    return response.ok ? await response.text() : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    throw unavailable(
      `cannot reach the Debian mirror "${new URL(address).host}": ${messageOf(error)}`,
      error,
    );
  }
}

export function parseRelease(text: string): DebianRelease | undefined {
  const field = (name: string) => new RegExp(`^${name}: *(.+)$`, "m").exec(text)?.[1]?.trim();
  const date = Date.parse(field("Date") ?? "");
  const codename = field("Codename");
  if (Number.isNaN(date) || codename === undefined) return undefined;
  return {
    origin: field("Origin") ?? "",
    suite: field("Suite") ?? codename,
    codename,
    date: Math.floor(date / 1000),
    components: (field("Components") ?? "").split(" "),
  };
}
