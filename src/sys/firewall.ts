import { internal, unavailable } from "../errors/engine-error.ts";

async function nft(
  args: readonly string[],
  input: string,
): Promise<{ code: number; out: string; error: string }> {
  let child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  try {
    child = Bun.spawn(["nft", ...args], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  } catch (error) {
    throw unavailable('cannot run "nft": install the package nftables', error);
  }
  child.stdin.write(input);
  // A child that ended before reading says why on stderr.
  await Promise.resolve(child.stdin.end()).catch(() => {});
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, error };
}

/** Applies a script of nftables commands as one transaction: all of it or nothing. */
// trail: run -p
export async function applyRules(script: string): Promise<void> {
  const { code, error } = await nft(["-f", "-"], script);
  if (code !== 0) throw internal(`nftables refused the rules: ${error.trim()}`);
}

/** Names of the chains in a table, by the families it is loaded in. */
export async function chainsOf(table: string): Promise<Record<"ip" | "ip6", string[]>> {
  const { out } = await nft(["-j", "list", "chains"], "");
  const parsed: { nftables?: { chain?: Record<string, unknown> }[] } = JSON.parse(out || "{}");
  const chains = (parsed.nftables ?? []).map((item) => item.chain).filter((chain) => chain?.table === table);
  const names = (family: string) =>
    chains.filter((chain) => chain?.family === family).map((chain) => String(chain?.name));
  return { ip: names("ip"), ip6: names("ip6") };
}

/** Elements of a map whose keys and values are concatenations, each as its fields. */
export async function listMap(
  family: "ip" | "ip6",
  table: string,
  map: string,
): Promise<{ key: string[]; value: string[] }[]> {
  const { code, out } = await nft(["-j", "-nn", "list", "map", family, table, map], "");
  if (code !== 0) return [];
  const parsed: { nftables?: { map?: { elem?: [Fields, Fields][] } }[] } = JSON.parse(out);
  return (parsed.nftables ?? [])
    .flatMap((item) => item.map?.elem ?? [])
    .map(([key, value]) => ({ key: key.concat.map(String), value: value.concat.map(String) }));
}

interface Fields {
  readonly concat: readonly (string | number)[];
}

/**
 * A filter chain of somebody else (a firewall, another container engine) that drops what it
 * does not know while forwarding: no rule of ours can accept what another table drops.
 */
export async function forwardDroppers(ownTable: string): Promise<string[]> {
  const { code, out } = await nft(["-j", "list", "chains"], "");
  if (code !== 0) return [];
  const parsed: { nftables?: { chain?: Record<string, unknown> }[] } = JSON.parse(out);
  return (parsed.nftables ?? [])
    .map((item) => item.chain)
    .filter((chain) => chain?.hook === "forward" && chain.policy === "drop")
    .filter((chain) => (chain?.family === "ip" || chain?.family === "inet") && chain.table !== ownTable)
    .map((chain) => `${chain?.table} ${chain?.name}`);
}
