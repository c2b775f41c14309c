import { command } from "../cli/command.ts";
import { exitCode } from "../cli/exit-code.ts";
import { booleanFlag, stringFlag } from "../cli/flags/flag.ts";
import type { ParsedFlags } from "../cli/flags/parse.ts";
import { type GivenFlags, registryConfig } from "./registry-settings.ts";

const placeFlags = {
  config: stringFlag("File with settings, YAML or JSON; flags win over it", { placeholder: "file" }),
  root: stringFlag("Directory for the data", {
    placeholder: "directory",
    defaultText: '"/var/lib/hull-registry"',
  }),
};

const serveFlags = {
  ...placeFlags,
  addr: stringFlag("Address to listen on", { placeholder: "host:port", defaultText: '"127.0.0.1:5000"' }),
  htpasswd: stringFlag("Ask for a password: file made with 'htpasswd -B'", { placeholder: "file" }),
  "anonymous-pull": booleanFlag("With --htpasswd: pulling needs no password"),
  "tls-cert": stringFlag("Serve HTTPS with this certificate", { placeholder: "file" }),
  "tls-key": stringFlag("Key of the certificate", { placeholder: "file" }),
  "tls-client-ca": stringFlag("Admit only clients with a certificate of this authority", {
    placeholder: "file",
  }),
  "read-only": booleanFlag("Refuse pushes and deletions"),
  proxy: stringFlag("Keep copies of what is pulled from another registry through this one", {
    placeholder: "url",
  }),
  "gc-interval": stringFlag("Collect garbage this often, beside the work: 12h", { placeholder: "duration" }),
  log: booleanFlag("Write a line for each request"),
};

/** `hull registry serve`: stays in the foreground until SIGTERM or SIGINT. */
export const serveCommand = command({
  usage: "registry serve [OPTIONS]",
  details: `Examples:
  hull registry serve
  docker tag busybox 127.0.0.1:5000/busybox && docker push 127.0.0.1:5000/busybox

  hull registry serve --addr 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem --htpasswd users
  hull registry serve --addr 127.0.0.1:5001 --proxy https://registry-1.docker.io
  hull registry serve --config registry.yaml        (S3, limits and more: docs/registry.md)`,
  flags: serveFlags,
  arguments: [0, 0],
  async run(parsed, terminal) {
    const config = registryConfig(givenFlags(parsed));
    const { serveRegistry } = await import("./serve-registry.ts");
    await serveRegistry(config, (line) => terminal.out(`${line}\n`));
    return exitCode.ok;
  },
});

const gcFlags = {
  ...placeFlags,
  "dry-run": booleanFlag("Only say what would go"),
  "delete-untagged": booleanFlag("Also delete manifests that no tag leads to"),
  grace: stringFlag("Leave alone what is younger", { placeholder: "duration", defaultText: '"1h"' }),
  quiet: booleanFlag("Only the sum", { short: "q" }),
};

/** `hull registry gc`: on a directory that no registry is serving, or on an object store. */
export const gcCommand = command({
  usage: "registry gc [OPTIONS]",
  details: `Examples:
  hull registry gc --dry-run
  hull registry gc --root /srv/registry --delete-untagged --grace 0`,
  flags: gcFlags,
  arguments: [0, 0],
  async run(parsed, terminal) {
    const { values } = parsed;
    const config = registryConfig(givenFlags(parsed));
    const { collectRegistryGarbage } = await import("./collect-registry-garbage.ts");
    await collectRegistryGarbage(config, {
      dryRun: values["dry-run"],
      quiet: values.quiet,
      out: (line) => terminal.out(`${line}\n`),
    });
    return exitCode.ok;
  },
});

/** Only what was given: everything else is the file's to say. */
function givenFlags({
  given,
  values,
}: ParsedFlags<typeof serveFlags> | ParsedFlags<typeof gcFlags>): GivenFlags {
  return Object.fromEntries(Object.entries(values).filter(([name]) => given.has(name)));
}
