export const configTopic = `
~/.docker/config.json, or config.json in the folder --config or DOCKER_CONFIG names. It is the file docker uses; keys this program does not know are kept.

  auths                     names and passwords of registries, when no program keeps them
  credsStore                the program that keeps them: NAME of docker-credential-NAME
  credHelpers               the same for single registries: {"registry.example.com": "NAME"}
  currentContext            the context in use
  detachKeys                keys that leave a container: "ctrl-p,ctrl-q"
  HttpHeaders               headers sent to the engine with each request
  proxies                   {"default": {"httpProxy": …, "httpsProxy": …, "noProxy": …,
                            "ftpProxy": …, "allProxy": …}}: variables for new containers and
                            builds; an engine's address instead of "default" is for it alone
  psFormat, imagesFormat, networksFormat, volumesFormat, statsFormat …
                            what --format is when it is not given
  cliPluginsExtraDirs       more folders to look for plugins in
  aliases                   {"builder": "buildx"}: \`hull builder\` is the plugin's

Passwords below "auths" can be read by everybody who can read the file; its mode is 0600. A program named by credsStore keeps them better.
`;
