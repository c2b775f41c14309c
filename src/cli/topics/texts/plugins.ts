export const pluginsTopic = `
A program called docker-NAME in one of these folders becomes the command NAME:

  folders of cliPluginsExtraDirs in config.json
  ~/.docker/cli-plugins
  /usr/local/lib/docker/cli-plugins, /usr/local/libexec/docker/cli-plugins
  /usr/lib/docker/cli-plugins, /usr/libexec/docker/cli-plugins

So \`hull buildx\` runs docker-buildx where it is installed. Such programs talk to the engine this program would: where nothing says otherwise they are told unix:///run/hull.sock. Our own commands win over plugins of the same name: \`hull compose\` is Hull's, and docker-compose is called by its own name.

\`hull --help\` lists plugins with a star, and those that cannot be used with the reason; \`hull info\` shows their versions.
`;
