import { unavailable } from "../errors/engine-error.ts";

/**
 * All rules, chains and set elements of the tables of this name, whatever their family, each as
 * one line of text: two listings can be compared. Positions and counters are left out.
 */
export async function listRules(table: string): Promise<string[]> {
  return parse(await output(["nft", "-j", "-nn", "list", "ruleset"], ""), table);
}

/** What `listRules` would give with this script loaded: it is loaded where nobody is. */
export async function previewRules(table: string, script: string): Promise<string[]> {
  if (script === "") return [];
  const command = "nft -f - && nft -j -nn list ruleset";
  return parse(await output(["unshare", "--net", "sh", "-c", command], script), table);
}

async function output(command: string[], input: string): Promise<string> {
  let child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  try {
    child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  } catch (error) {
    throw unavailable(`cannot run "${command[0]}" to look at the firewall`, error);
  }
  child.stdin.write(input);
  await Promise.resolve(child.stdin.end()).catch(() => {});
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw unavailable(`cannot list the firewall: ${error.trim()}`);
  return out;
}

type Item = Record<string, Record<string, unknown>>;

function parse(json: string, table: string): string[] {
  const { nftables = [] }: { nftables?: Item[] } = JSON.parse(json);
  return nftables.flatMap((item) => {
    const [[kind, body] = ["", undefined]] = Object.entries(item);
    if (!body || (kind === "table" ? body.name : body.table) !== table) return [];
    const { handle: _handle, elem, ...rest } = body;
    const place = `${kind} ${JSON.stringify(rest, comparable)}`;
    const elements = Array.isArray(elem)
      ? elem.map((one) => `${kind} ${rest.family} ${rest.name} ${JSON.stringify(one)}`)
      : [];
    return [place, ...elements];
  });
}

/** Counters count, and the kernel lists the elements of a set inside a rule in any order. */
function comparable(key: string, value: unknown): unknown {
  if (key === "counter") return true;
  if (key !== "set" || !Array.isArray(value)) return value;
  return value.map((one) => JSON.stringify(one)).sort();
}
