import { booleanFlag, integerFlag, listFlag, optionalBooleanFlag, stringFlag } from "../../flags/flag.ts";
import { dryRunFlag } from "../deed-flags.ts";

const services = { placeholder: "stringArray" };

/** What `up` and `create` both have. */
export const createFlags = {
  build: booleanFlag("Build images before starting containers"),
  "dry-run": dryRunFlag,
  "force-recreate": booleanFlag("Recreate containers even if their configuration and image haven't changed"),
  "no-build": booleanFlag("Don't build an image, even if it's policy"),
  "no-recreate": booleanFlag(
    "If containers already exist, don't recreate them. Incompatible with --force-recreate.",
  ),
  "quiet-pull": booleanFlag("Pull without printing progress information"),
  "remove-orphans": optionalBooleanFlag("Remove containers for services not defined in the Compose file"),
  scale: listFlag(
    "Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if present.",
    { placeholder: "scale" },
  ),
  yes: booleanFlag('Assume "yes" as answer to all prompts and run non-interactively', { short: "y" }),
  y: booleanFlag("", { hidden: true, deprecated: "please use --yes instead" }),
};

export const upFlags = {
  ...createFlags,
  "abort-on-container-exit": booleanFlag(
    "Stops all containers if any container was stopped. Incompatible with -d",
  ),
  "abort-on-container-failure": booleanFlag(
    "Stops all containers if any container exited with failure. Incompatible with -d",
  ),
  "always-recreate-deps": booleanFlag("Recreate dependent containers. Incompatible with --no-recreate."),
  attach: listFlag(
    "Restrict attaching to the specified services. Incompatible with --attach-dependencies.",
    services,
  ),
  "attach-dependencies": booleanFlag("Automatically attach to log output of dependent services"),
  detach: booleanFlag("Detached mode: Run containers in the background", { short: "d" }),
  "exit-code-from": stringFlag(
    "Return the exit code of the selected service container. Implies --abort-on-container-exit",
  ),
  menu: optionalBooleanFlag(
    "Enable interactive shortcuts when running attached. Incompatible with --detach. Can also be enable/disable by setting COMPOSE_MENU environment var.",
  ),
  "no-attach": listFlag("Do not attach (stream logs) to the specified services", services),
  "no-color": booleanFlag("Produce monochrome output"),
  "no-deps": booleanFlag("Don't start linked services"),
  "no-log-prefix": booleanFlag("Don't print prefix in logs"),
  "no-start": booleanFlag("Don't start the services after creating them"),
  pull: stringFlag('Pull image before running ("always"|"missing"|"never")', {
    initial: "policy",
    complete: ["always", "missing", "never"],
  }),
  "quiet-build": booleanFlag("Suppress the build output"),
  "renew-anon-volumes": booleanFlag(
    "Recreate anonymous volumes instead of retrieving data from the previous containers",
    { short: "V" },
  ),
  timeout: integerFlag(
    "Use this timeout in seconds for container shutdown when attached or when containers are already running",
    { short: "t" },
  ),
  timestamps: booleanFlag("Show timestamps"),
  wait: booleanFlag("Wait for services to be running|healthy. Implies detached mode."),
  "wait-timeout": integerFlag("Maximum duration in seconds to wait for the project to be running|healthy"),
  watch: booleanFlag("Watch source code and rebuild/refresh containers when files are updated.", {
    short: "w",
  }),
};

export type UpFlags = typeof upFlags;
