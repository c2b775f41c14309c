import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildService, dropReceived } from "../engine/builds/service.ts";
import { containerService } from "../engine/containers/service.ts";
import type { EngineContext } from "../engine/context.ts";
import { execService } from "../engine/execs/service.ts";
import { imageService } from "../engine/images/service.ts";
import { networkService } from "../engine/networks/service.ts";
import { portService } from "../engine/ports/service.ts";
import type { EngineServices } from "../engine/services.ts";
import { adoptContainers, startByPolicy } from "../engine/system/adopt.ts";
import { systemService } from "../engine/system/service.ts";
import { volumeService } from "../engine/volumes/service.ts";
import { conflict, messageOf } from "../errors/engine-error.ts";
import { HttpServer } from "../http/http-server.ts";
import { loadTls } from "../http/tls-files.ts";
import { restoreLayers } from "../images/restore-layers.ts";
import { buildInfo } from "../lib/build-info.ts";
import { log, setLogLevel } from "../lib/log.ts";
import { createApi } from "../server/api-server.ts";
import { FileLockHeld, lockFile } from "../sys/file-lock.ts";
import { engineContext, engineSettings } from "./engine-context.ts";
import type { CommandLine, EngineOptions } from "./engine-options.ts";
import { reload } from "./engine-reload.ts";
import { writePidFile } from "./pidfile.ts";
import { readConfigFile } from "./read-config-file.ts";

/** Runs until SIGTERM or SIGINT; resolves with the exit code. Containers stay. */
export async function runEngine(options: EngineOptions, line: CommandLine): Promise<number> {
  setLogLevel(options.logLevel);
  for (const warning of options.warnings) log.warn(warning);
  await using undo = new AsyncDisposableStack();
  undo.use(lockDataRoot(options.dataRoot));
  undo.defer(writePidFile(options.pidFile));
  const context = await engineContext(options);
  undo.defer(() => context.records.close());
  await prepare(context);
  undo.defer(() => context.networking.close());
  undo.defer(() => context.names.close());
  undo.defer(() => context.builder.close());

  const server = new HttpServer(api(context, options));
  undo.defer(() => server.close(context.settings.shutdownTimeout * 1000));
  await listen(server, options);
  const stopped = Promise.withResolvers<number>();
  followSignals(context, options, line, stopped.resolve);
  void context.background.run("start by restart policy", () => startByPolicy(context));
  return await stopped.promise;
}

function api(context: EngineContext, options: EngineOptions) {
  const { abilities, runtime } = context;
  return createApi(engineServices(context), {
    version: buildInfo.version,
    defaults: {
      cgroupVersion: abilities.cgroupVersion === 2 ? "2" : "1",
      logDriver: options.logDriver,
      logOptions: options.logOptions,
      // Read at each create: a reload may change it.
      get runtime() {
        return runtime.defaultRuntime;
      },
      shmSize: options.shmSize,
      ipcMode: options.ipcMode,
      cgroupnsMode: options.cgroupnsMode,
    },
  });
}

export function engineServices(context: EngineContext): EngineServices {
  return {
    containers: containerService(context),
    execs: execService(context),
    images: imageService(context),
    volumes: volumeService(context),
    networks: networkService(context),
    ports: portService(context),
    builds: buildService(context),
    system: systemService(context),
  };
}

/** The same data written by two engines would be lost data. */
function lockDataRoot(dataRoot: string): Disposable {
  mkdirSync(dataRoot, { recursive: true, mode: 0o711 });
  try {
    const lock = lockFile(join(dataRoot, "engine.lock"));
    return { [Symbol.dispose]: () => lock.release() };
  } catch (error) {
    if (!(error instanceof FileLockHeld)) throw error;
    throw conflict(
      `data root ${JSON.stringify(dataRoot)} is in use by another engine (process ${error.holder ?? "unknown"}): stop it, or give this one a --data-root of its own`,
      error,
    );
  }
}

/** Kernel, disk and records agree again before the first request comes in. */
// trail: engine restart
async function prepare(context: EngineContext): Promise<void> {
  const { settings } = context.records;
  if (settings.get("engine-id") === undefined) settings.set("engine-id", crypto.randomUUID());
  await context.networking.init();
  dropReceived(context);
  await restoreLayers(context.images, context.snapshots);
  await adoptContainers(context);
  for (const what of await context.builder.repair()) log.info(`repaired: ${what}`);
  await context.images.collectGarbage();
}

async function listen(server: HttpServer, options: EngineOptions): Promise<void> {
  const tls = options.tls ? loadTls(options.tls) : undefined;
  for (const host of options.hosts) {
    const addresses = await server.listen(host, {
      group: options.group,
      ...(host.kind === "tcp" && tls ? { tls } : {}),
    });
    for (const address of addresses) log.info("API listen", { address });
  }
}

function followSignals(
  context: EngineContext,
  started: EngineOptions,
  line: CommandLine,
  stop: (exitCode: number) => void,
): void {
  let options = started;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log.info("stopping; containers run on", { signal });
      stop(0);
    });
  }
  process.on("SIGHUP", () => {
    try {
      const { options: next, changed, refused } = reload(options, line, readConfigFile);
      options = next;
      setLogLevel(next.logLevel);
      context.settings = engineSettings(next);
      context.runtime.reconfigure(next.runtimes, next.defaultRuntime);
      context.events.publish("daemon", "reload", context.records.settings.get("engine-id") ?? "", {
        name: context.settings.hostname,
      });
      log.info("configuration reloaded", { changed: changed.join(","), refused: refused.join(",") });
    } catch (error) {
      log.error(`configuration not reloaded: ${messageOf(error)}`);
    }
  });
}
