export const environmentTopic = `
  DOCKER_HOST               the engine (see: contexts)
  DOCKER_CONTEXT            the context
  DOCKER_CONFIG             folder of config.json, contexts and certificates
  DOCKER_TLS_VERIFY         anything: use TLS and check the engine's certificate
  DOCKER_TLS                anything: use TLS without checking
  DOCKER_CERT_PATH          folder of ca.pem, cert.pem, key.pem
  DOCKER_API_VERSION        speak this version, ask no engine which it knows
  DOCKER_DEFAULT_PLATFORM   --platform of pull, run, create and build
  DOCKER_CONTENT_TRUST      1 is refused: signatures of Notary are not checked here
  DOCKER_CUSTOM_HEADERS     NAME=VALUE,…: headers sent to the engine
  DOCKER_AUTH_CONFIG        what config.json has below "auths", as JSON, for this shell
  NO_COLOR                  anything: no colours. CLICOLOR_FORCE=1: colours everywhere
  PAGER, HULL_PAGER         shows long help; empty or cat: none
  BROWSER                   opens pages (tunnel --open)
  HULL_TRACE                1: the engine prints where the time of each request went

A variable without a value behind -e NAME of run or exec is passed on from this shell.
`;
