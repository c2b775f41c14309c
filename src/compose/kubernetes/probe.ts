import type { Yaml } from "../../lib/yaml-text.ts";
import type { HealthConfig } from "../../protocol/generated/types.ts";
import { literal } from "./words.ts";

/** What a health check of Docker asks, as a probe asks it; undefined where there is none. */
export function probeAction(test: readonly string[]): Readonly<Record<string, Yaml>> | undefined {
  const [kind, ...words] = test;
  if (kind !== "CMD" && kind !== "CMD-SHELL") return undefined;
  const asked = kind === "CMD" ? words : plainWords(words.join(" "));
  const http = asked && httpGet(asked);
  if (http) return { httpGet: http };
  const command = kind === "CMD" ? words : ["/bin/sh", "-c", words.join(" ")];
  return { exec: { command: command.map(literal) } };
}

/** How often, how long, how many times: with Docker's defaults where nothing is said. */
export function probeTimes({ Interval, Timeout, Retries }: HealthConfig) {
  const seconds = (value: number | null | undefined) => (value ? Math.max(1, Math.round(value / 1e9)) : 30);
  return {
    periodSeconds: seconds(Interval),
    timeoutSeconds: seconds(Timeout),
    failureThreshold: Retries || 3,
  };
}

/** A line of a shell that is one command, perhaps with `|| exit 1` behind it. */
function plainWords(line: string): readonly string[] | undefined {
  const command = line.trim().replace(/\s*\|\|\s*(?:exit\s+1|false)\s*;?$/, "");
  if (/[$`|&;<>(){}*?[\]\\~#\n]/.test(command.replace(/(?<=https?:\S*)[?&=#]/g, ""))) return undefined;
  const words: string[] = [];
  for (const [, single, double, bare] of command.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)) {
    words.push(single ?? double ?? bare ?? "");
  }
  return words;
}

/** Flags that only say how much is printed, how long it may take, and that an error is an error. */
const harmless = {
  curl: /^(?:-[fsSkL]+|--fail|--silent|--show-error|--insecure|--location)$/,
  wget: /^(?:-q|-nv|--quiet|--no-verbose|--spider|-O-|-qO-|--tries=\d+|-t\d+|--no-check-certificate|--timeout=\d+|-T\d+)$/,
} as const;
const withValue = {
  curl: /^(?:-o|--output|-m|--max-time|--connect-timeout)$/,
  wget: /^(?:-O|-t|-T|--tries|--timeout)$/,
} as const;

/** A request of the kubelet does the same as curl or wget, and needs neither of them in the image. */
function httpGet(words: readonly string[]): Yaml | undefined {
  const program = words[0]?.split("/").at(-1);
  if (program !== "curl" && program !== "wget") return undefined;
  // Without it curl is content with any answer.
  let isStrict = program === "wget";
  let url: string | undefined;
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? "";
    if (withValue[program].test(word)) at++;
    else if (harmless[program].test(word)) isStrict ||= /^-\w*f|^--fail/.test(word);
    else if (/^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)/.test(word) && url === undefined)
      url = word;
    else return undefined;
  }
  if (url === undefined || !isStrict) return undefined;
  const { protocol, port, pathname, search } = new URL(/^https?:/.test(url) ? url : `http://${url}`);
  return {
    path: pathname + search,
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    scheme: protocol === "https:" ? "HTTPS" : undefined,
  };
}
