import { invalidArgument } from "../../errors/engine-error.ts";

/** `80`, `53/udp`, `8000-8010/tcp`; of `host:container` only the container's side counts. */
export function exposedPorts(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const [range = "", protocol = "tcp"] = (word.split(":").at(-1) ?? "").split("/", 2);
    const [, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    const from = Number(first);
    const to = Number(last);
    if (first === "" || from < 1 || to > 65535 || from > to)
      throw invalidArgument(`invalid containerPort: ${range}`);
    const lower = protocol.toLowerCase();
    if (!["tcp", "udp", "sctp"].includes(lower)) throw invalidArgument(`invalid proto: ${protocol}`);
    return Array.from({ length: to - from + 1 }, (_, at) => `${from + at}/${lower}`);
  });
}
