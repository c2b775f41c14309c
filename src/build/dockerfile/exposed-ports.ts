import { invalidArgument } from "../../errors/engine-error.ts";

/** `80`, `53/udp`, `8000-8010/tcp` as `80/tcp` one by one; of `address:host:container` only the last counts. */
export function exposedPorts(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => {
    const [host, container = ""] = splitHost(word);
    const slash = container.indexOf("/");
    const ports = slash < 0 ? container : container.slice(0, slash);
    const protocol = slash < 0 ? "" : container.slice(slash + 1);
    const lower = (protocol || "tcp").toLowerCase();
    if (!["tcp", "udp", "sctp"].includes(lower)) throw invalidArgument(`invalid proto: ${protocol}`);
    const range = portRange(ports);
    if (range === undefined) throw invalidArgument(`invalid containerPort: ${ports}`);
    if (host !== undefined && host !== "" && portRange(host) === undefined) {
      throw invalidArgument(`invalid hostPort: ${host}`);
    }
    return Array.from({ length: range.last - range.first + 1 }, (_, i) => `${range.first + i}/${lower}`);
  });
}

function splitHost(word: string): [string | undefined, string | undefined] {
  const parts = word.split(":");
  return [parts.at(-2), parts.at(-1)];
}

function portRange(text: string): { first: number; last: number } | undefined {
  const [, one = "", other = one] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
  const first = Number(one);
  const last = Number(other);
  return one === "" || last > 65535 || first > last ? undefined : { first, last };
}
