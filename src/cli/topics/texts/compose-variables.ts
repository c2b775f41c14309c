export const composeVariablesTopic = `
Variables that begin with COMPOSE_ stand in the shell, or in the \`.env\` beside the Compose file; a flag wins over both, the shell over the file.

Which project:

  COMPOSE_FILE              files, with colons between them       -f
  COMPOSE_PATH_SEPARATOR    what stands between them instead
  COMPOSE_PROJECT_NAME      its name                              -p
  COMPOSE_PROFILES          profiles, with commas between them    --profile
  COMPOSE_ENV_FILES         files of variables instead of .env    --env-file
  COMPOSE_DISABLE_ENV_FILE  true: no .env is read
  DOCKER_DEFAULT_PLATFORM   what images are pulled and built for

How it works and shows:

  COMPOSE_PARALLEL_LIMIT    how much is done at once              --parallel
  COMPOSE_ANSI              never, always, auto                   --ansi
  COMPOSE_PROGRESS          auto, tty, plain, json, quiet         --progress
  COMPOSE_STATUS_STDOUT     true: progress goes to standard output
  COMPOSE_MENU              false: no menu under \`up\`             --menu
  COMPOSE_REMOVE_ORPHANS    true: containers of no service go     --remove-orphans
  COMPOSE_IGNORE_ORPHANS    true: they are not spoken of
  COMPOSE_COMPATIBILITY     true: names with _ between their parts
  NO_COLOR                  no colours, as anywhere

Not read: COMPOSE_BAKE (there is one builder, the engine's), COMPOSE_EXPERIMENTAL and its like (files are read from this machine), COMPOSE_CONVERT_WINDOWS_PATHS (paths are those of Linux), COMPOSE_HTTP_TIMEOUT (nothing gives up by the clock).
`;
