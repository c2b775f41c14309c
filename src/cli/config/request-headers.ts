import { invalidArgument } from "../../errors/engine-error.ts";
import { buildInfo } from "../../lib/build-info.ts";
import type { Session } from "../session.ts";

/**
 * Headers of every request to the engine: HttpHeaders of config.json, and those of
 * DOCKER_CUSTOM_HEADERS (`name=value,"name=value, with a comma"`), which win. What the program
 * calls itself is its own.
 */
export async function requestHeaders(session: Session): Promise<Record<string, string>> {
  const { HttpHeaders } = await session.config();
  const all = { ...HttpHeaders, ...environmentHeaders(session.env.DOCKER_CUSTOM_HEADERS ?? "") };
  const kept = Object.entries(all).filter(([name]) => name.toLowerCase() !== "user-agent");
  for (const [name, value] of kept) checkHeader(name, value);
  return {
    ...Object.fromEntries(kept),
    "User-Agent": `Hull-Client/${buildInfo.version} (${process.platform})`,
  };
}

function environmentHeaders(text: string): Record<string, string> {
  const fields = text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  return Object.fromEntries(
    fields.map((field) => {
      const plain = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field.trim();
      const at = plain.indexOf("=");
      if (at <= 0)
        throw invalidArgument(
          `cannot read DOCKER_CUSTOM_HEADERS: ${JSON.stringify(plain)} is not NAME=VALUE`,
        );
      return [plain.slice(0, at).trim(), plain.slice(at + 1)];
    }),
  );
}

/** A line feed in a value would be a header, or a request, of its own. */
function checkHeader(name: string, value: string): void {
  if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && !/[\r\n\0]/.test(value)) return;
  throw invalidArgument(`invalid HTTP header ${JSON.stringify(name)} in the configuration of the client`);
}
