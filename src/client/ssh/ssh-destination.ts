import { invalidArgument } from "../../errors/engine-error.ts";

/** Where `ssh://[USER@]HOST[:PORT][/SOCKET]` leads. */
export interface SshDestination {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  /** The engine's socket over there; undefined leaves it to the program that runs there. */
  readonly socket: string | undefined;
}

/** Parses what DOCKER_HOST may hold, and refuses what the docker program refuses, in its words. */
export function parseSshUrl(text: string): SshDestination {
  const wrong = (why: string) =>
    invalidArgument(`Failed to initialize: ssh host connection is not valid: invalid SSH URL: ${why}`);
  const match =
    /^ssh:\/\/(?:([^@/?#]*)@)?(\[[^\]]+\]|[^:/?#@]*)(?::([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(
      text,
    );
  if (!match) throw wrong(`cannot parse ${JSON.stringify(text)}`);
  const [, user, host = "", port, path = "", query, fragment] = match;
  if (host === "") throw wrong("hostname is empty");
  if (user?.includes(":")) throw wrong("plain-text password is not supported");
  if (query) throw wrong(`query parameters are not allowed: ${JSON.stringify(query)}`);
  if (fragment) throw wrong(`fragments are not allowed: ${JSON.stringify(fragment)}`);
  return {
    user: checkedWord(user, wrong),
    host: checkedWord(host.replace(/^\[|\]$/g, ""), wrong) ?? "",
    port: checkedPort(port, wrong),
    socket: checkedSocket(path, wrong),
  };
}

/** `USER@VM[:PORT]`, as people type it for ssh; a whole `ssh://` URL is taken too. */
export function parseSshDestination(text: string): SshDestination {
  return parseSshUrl(text.startsWith("ssh://") ? text : `ssh://${text}`);
}

export function formatSshUrl({ user, host, port, socket }: SshDestination): string {
  const shown = host.includes(":") ? `[${host}]` : host;
  return `ssh://${user === undefined ? "" : `${user}@`}${shown}${port === undefined ? "" : `:${port}`}${socket ?? ""}`;
}

/** The arguments of ssh that name the destination; the command comes behind them. */
export function destinationArguments({ user, host, port }: SshDestination): string[] {
  return [
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    "--",
    host,
  ];
}

/** ssh would read a name that begins with a dash as an option. */
function checkedWord(word: string | undefined, wrong: (why: string) => Error): string | undefined {
  if (word === undefined || word === "") return undefined;
  if (word.startsWith("-") || /[\s\0'"\\]/.test(word)) throw wrong(`${JSON.stringify(word)} is not allowed`);
  return word;
}

/** It becomes part of a command for the shell over there; another path than the one that was named would be worse. */
function checkedSocket(path: string, wrong: (why: string) => Error): string | undefined {
  if (path === "" || path === "/") return undefined;
  if (!/^[A-Za-z0-9_./+-]+$/.test(path)) throw wrong(`${JSON.stringify(path)} is not allowed`);
  return path;
}

function checkedPort(text: string | undefined, wrong: (why: string) => Error): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535)
    throw wrong(`invalid port ${JSON.stringify(text)}`);
  return port;
}
