export interface Topic {
  readonly summary: string;
  /** Paragraphs between empty lines; lines that begin with spaces stay as they are. */
  load(): Promise<string>;
}

/** What `help` knows beside commands, in the order people ask. */
export const topics: Readonly<Record<string, Topic>> = {
  images: {
    summary: "names, tags and digests of images",
    load: async () => (await import("./texts/images.ts")).imagesTopic,
  },
  networks: {
    summary: "how containers reach each other, and names",
    load: async () => (await import("./texts/networks.ts")).networksTopic,
  },
  ports: {
    summary: "how to reach a container from outside",
    load: async () => (await import("./texts/ports.ts")).portsTopic,
  },
  volumes: {
    summary: "files that outlive a container",
    load: async () => (await import("./texts/volumes.ts")).volumesTopic,
  },
  restart: {
    summary: "what happens when a container ends",
    load: async () => (await import("./texts/restart.ts")).restartTopic,
  },
  detach: {
    summary: "leaving a container without ending it; signals",
    load: async () => (await import("./texts/detach.ts")).detachTopic,
  },
  "exit-codes": {
    summary: "what the numbers say",
    load: async () => (await import("./texts/exit-codes.ts")).exitCodesTopic,
  },
  compose: {
    summary: "projects of many containers, from a file",
    load: async () => (await import("./texts/compose.ts")).composeTopic,
  },
  "compose-variables": {
    summary: "COMPOSE_FILE, COMPOSE_PROFILES and the others",
    load: async () => (await import("./texts/compose-variables.ts")).composeVariablesTopic,
  },
  dockerfile: {
    summary: "the instructions an image is built by",
    load: async () => (await import("./texts/dockerfile.ts")).dockerfileTopic,
  },
  filters: {
    summary: "choosing what lists show and prune removes",
    load: async () => (await import("./texts/filters.ts")).filtersTopic,
  },
  formats: {
    summary: "--format: tables, JSON and templates",
    load: async () => (await import("./texts/formats.ts")).formatsTopic,
  },
  contexts: {
    summary: "which engine a command is about; ssh and TLS",
    load: async () => (await import("./texts/contexts.ts")).contextsTopic,
  },
  config: {
    summary: "config.json",
    load: async () => (await import("./texts/config.ts")).configTopic,
  },
  environment: {
    summary: "variables this program reads",
    load: async () => (await import("./texts/environment.ts")).environmentTopic,
  },
  plugins: {
    summary: "commands of others, such as buildx",
    load: async () => (await import("./texts/plugins.ts")).pluginsTopic,
  },
};
