/**
 * The lines of a container's /etc/hosts that name itself, one for each of its addresses. Only they
 * change while it runs: what its processes wrote into the file stays. Pure.
 */
export function withAddresses(text: string, addresses: readonly string[], names: string): string {
  const kept = withoutAddresses(text, addresses, names);
  return kept + addresses.map((address) => `${address}\t${names}\n`).join("");
}

export function withoutAddresses(text: string, addresses: readonly string[], names: string): string {
  const own = new Set(addresses.map((address) => `${address}\t${names}`));
  const lines = text.split("\n").filter((line) => !own.has(line));
  const joined = lines.join("\n");
  return joined === "" || joined.endsWith("\n") ? joined : `${joined}\n`;
}
