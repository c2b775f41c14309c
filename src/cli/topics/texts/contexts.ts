export const contextsTopic = `
Which engine a command is about is said by, the first that is there:

  --context NAME        a context, for this call
  --host ADDRESS        unix:///path, tcp://host:port, ssh://user@host
  DOCKER_HOST           the same for a shell
  DOCKER_CONTEXT        a context for a shell
  hull context use      a context from now on
                        else unix:///run/hull.sock

Contexts are kept below the folder of config.json, as docker keeps them: both programs see the same.

ssh:// runs the ssh of this machine with its keys and configuration, and \`docker system dial-stdio\` or \`hull system dial-stdio\` over there. One login serves a whole command.

tcp:// without TLS lets everybody in who reaches it. With --tlsverify (DOCKER_TLS_VERIFY=1) both sides show certificates: ca.pem, cert.pem and key.pem of DOCKER_CERT_PATH, or of the folder of config.json, or what --tlscacert, --tlscert and --tlskey name.

  hull context create vm --docker host=ssh://me@vm
  hull --context vm ps
`;
