/** The labels of Docker Compose: by them either tool finds what the other made. */
export const labels = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  configHash: "com.docker.compose.config-hash",
  number: "com.docker.compose.container-number",
  oneOff: "com.docker.compose.oneoff",
  /** Tells one-off containers of a service apart. */
  slug: "com.docker.compose.slug",
  image: "com.docker.compose.image",
  dependsOn: "com.docker.compose.depends_on",
  /** Set on a container that is made in place of another one, to be found after an interruption. */
  replaces: "com.docker.compose.replace",
  network: "com.docker.compose.network",
  volume: "com.docker.compose.volume",
  workingDir: "com.docker.compose.project.working_dir",
  configFiles: "com.docker.compose.project.config_files",
  environmentFile: "com.docker.compose.project.environment_file",
  version: "com.docker.compose.version",
} as const;

/** The Docker Compose whose hashes and labels these are. */
export const composeVersion = "2.40.3";
