import { loadTls, type TlsSettings } from "../http/tls-files.ts";
import { log } from "../lib/log.ts";
import { parseAddr } from "../registry/server/config-values.ts";
import { proxySource } from "../registry/server/proxy/proxy-source.ts";
import type { RegistryConfig } from "../registry/server/registry-config.ts";
import { type RunningRegistry, startRegistry } from "../registry/server/start-registry.ts";
import { openRegistryStorage } from "./registry-storage.ts";
import { sweepOptions } from "./registry-sweep-options.ts";
import { openUpstream } from "./registry-upstream.ts";

const usualAddr = "127.0.0.1:5000";
/** Requests that are being answered when the registry is told to stop may go on for so long. */
const farewellMs = 30_000;

/** Serves until SIGTERM or SIGINT; a second one does not wait for what is going on. */
export async function serveRegistry(config: RegistryConfig, out: (line: string) => void): Promise<void> {
  // All that can be wrong with the settings before anything is made on the disk.
  const { host, port } = parseAddr(config.addr ?? usualAddr);
  const tls = tlsOf(config);
  const { storage, place, release } = await openRegistryStorage(config);
  try {
    await storage.check();
    const { proxy, gc } = config;
    const registry = await startRegistry({
      storage,
      host,
      port,
      ...(tls && { tls }),
      ...(config.htpasswd !== undefined && { htpasswd: config.htpasswd }),
      ...(config.anonymousPull !== undefined && { anonymousPull: config.anonymousPull }),
      ...(config.publicUrl !== undefined && { publicUrl: config.publicUrl.replace(/\/+$/, "") }),
      ...(config.idleMs !== undefined && { idleSeconds: Math.ceil(config.idleMs / 1000) }),
      ...(config.log && { accessLog: out }),
      ...(gc?.uploadAgeMs !== undefined && { uploadAgeMs: gc.uploadAgeMs }),
      ...(gc?.intervalMs && { garbage: { intervalMs: gc.intervalMs, sweep: sweepOptions(config) } }),
      ...(proxy && { source: proxySource(openUpstream(proxy), proxy.ttlMs) }),
      rules: {
        readOnly: config.readOnly === true || proxy !== undefined,
        ...(config.deletes !== undefined && { deletes: config.deletes }),
        ...(config.sparseIndexes !== undefined && { sparseIndexes: config.sparseIndexes }),
        ...(config.maxBlobBytes !== undefined && { maxBlobBytes: config.maxBlobBytes }),
        ...(config.maxManifestBytes !== undefined && { maxManifestBytes: config.maxManifestBytes }),
      },
    });
    for (const line of greeting(registry, config, place)) out(line);
    await untilToldToStop();
    log.info("the registry stops when the requests it is answering are done");
    await registry.close(farewellMs);
  } finally {
    release();
  }
}

function tlsOf({ tlsCert, tlsKey, tlsClientCa }: RegistryConfig): TlsSettings | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return loadTls({
    verify: tlsClientCa !== undefined,
    caFile: tlsClientCa ?? "",
    certFile: tlsCert,
    keyFile: tlsKey,
  });
}

/** What a person needs to use it: the address, and the line to type. */
function greeting({ url, address }: RunningRegistry, config: RegistryConfig, place: string): string[] {
  const lines = [`Registry at ${url}, data in ${place}`];
  const name = address.replace(/^(?:0\.0\.0\.0|\[::\])/, "localhost");
  if (config.proxy) {
    lines.push(`Copies of ${config.proxy.url}; pull through it:  docker pull ${name}/library/busybox`);
  } else if (config.readOnly) {
    lines.push(`Read-only; pull from it:  docker pull ${name}/IMAGE`);
  } else {
    lines.push(`Push to it:  docker tag busybox ${name}/busybox && docker push ${name}/busybox`);
  }
  const isLocal = /^(?:127\.|\[::1\]|localhost)/.test(name);
  if (config.htpasswd !== undefined) lines.push(`Log in first:  docker login ${name}`);
  else if (!isLocal || /^(?:0\.0\.0\.0|\[::\])/.test(address)) {
    lines.push("Anybody who can reach this address may use it: set --htpasswd to ask for passwords");
  }
  return lines;
}

function untilToldToStop(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let told = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (told) process.exit(1);
      told = true;
      resolve();
    });
  }
  return promise;
}
