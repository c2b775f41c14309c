import type { Builder } from "../build/build.ts";
import type { ComposingImageStore } from "../images/compose/image-composer.ts";
import type { Background } from "../lib/background.ts";
import type { KeyedLock } from "../lib/keyed-lock.ts";
import type { LogReader } from "../logs/log-reader.ts";
import type { NameService } from "../network/names.ts";
import type { Endpoint, Networking } from "../network/network.ts";
import type { Reference } from "../oci/reference.ts";
import type { LogConfig, Ulimit } from "../records/container-config.ts";
import type { Records } from "../records/records.ts";
import type { Credentials } from "../registry/auth/credentials.ts";
import type { LoginResult } from "../registry/auth/login.ts";
import type { RemoteRepository } from "../registry/client/remote-repository.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Snapshotter } from "../snapshots/snapshotter.ts";
import type { VolumeDriver } from "../volumes/volume-driver.ts";
import type { ContainerRegistry } from "./containers/container-registry.ts";
import type { RootMounts } from "./containers/root-mounts.ts";
import type { HostAbilities } from "./containers/validate/host-abilities.ts";
import type { EventBus } from "./events/event-bus.ts";
import type { Host } from "./host.ts";
import type { InsideConnection, InsideTarget } from "./inside-connection.ts";

/** What this machine can do, found once at start. */
export interface EngineAbilities extends HostAbilities {
  /** Runtime and kernel can make whole mount trees read-only. */
  readonly recursiveReadOnly: boolean;
}

/** What an operator set for the whole engine, as far as use cases need it. */
export interface EngineSettings {
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly logConfig: LogConfig;
  readonly defaultUlimits: readonly Ulimit[];
  /** `--init` for every container that does not say otherwise. */
  readonly init: boolean;
  readonly labels: readonly string[];
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearch: readonly string[];
  /** Cgroup below which containers live when they name no parent. */
  readonly cgroupParent: string;
  /** `--no-new-privileges` and `--seccomp-profile` for containers that do not say otherwise. */
  readonly noNewPrivileges: boolean;
  readonly seccompProfile: string;
  readonly hostGatewayAddresses: readonly string[];
  readonly shutdownTimeout: number;
  /** The host's own name. */
  readonly hostname: string;
  readonly debug: boolean;
  readonly registryMirrors: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly maxConcurrentDownloads: number;
  /** How often a download that makes no headway is tried. */
  readonly maxDownloadAttempts: number;
  readonly maxConcurrentUploads: number;
  /** Bytes of one request of a push; 0: a whole layer in one. */
  readonly uploadChunkSize: number;
  readonly addressPools: readonly { readonly base: string; readonly size: number }[];
}

/** A network namespace that is in use and belongs to no container: that of a build step. */
export interface LentSandbox {
  readonly id: string;
  readonly endpoint: Endpoint | undefined;
}

/**
 * The rooms below, as the use cases see them. Each verb is a function of its own file that
 * takes this first; `main/` makes it once.
 */
export interface EngineContext {
  readonly records: Records;
  readonly images: ComposingImageStore;
  readonly snapshots: Snapshotter;
  readonly builder: Builder;
  readonly runtime: Runtime;
  readonly networking: Networking;
  /** Asked when strays are looked for. */
  lentSandboxes(): readonly LentSandbox[];
  readonly names: NameService;
  readonly volumes: VolumeDriver;
  /** The reader for what a log driver wrote. */
  logs(driver: string): LogReader;
  readonly roots: RootMounts;
  readonly containers: ContainerRegistry;
  /** Connects from inside a network namespace: health probes, forwarded ports. The signal ends it too. */
  connectInside(namespace: string, target: InsideTarget, signal: AbortSignal): Promise<InsideConnection>;
  /** Whether a registry takes these credentials; throws its refusal. */
  logIn(
    serverAddress: string,
    credentials: Credentials,
    insecureRegistries: readonly string[],
    signal: AbortSignal,
  ): Promise<LoginResult>;
  /** A repository of the registry its name says, as these credentials may use it. */
  openRepository(
    name: Pick<Reference, "domain" | "path">,
    credentials: Credentials | undefined,
    purpose: "pull" | "push",
  ): RemoteRepository;
  /** Where to pull from, in the order to try: mirrors of Docker Hub before itself. */
  pullSources(
    name: Pick<Reference, "domain" | "path">,
    credentials: Credentials | undefined,
  ): readonly RemoteRepository[];
  readonly events: EventBus;
  readonly host: Host;
  readonly abilities: EngineAbilities;
  /** One lock, one name: `container:ID`, `volume:NAME`; taken in the order container, network, image, volume. */
  readonly locks: KeyedLock;
  readonly background: Background;
  /** Replaced as a whole on reload; read it where it is used, never keep it. */
  settings: EngineSettings;
}
