export const restartTopic = `
--restart says what the engine does when the main process ends:

  no               nothing (the default)
  on-failure[:N]   starts it again when it failed, N times at most
  always           starts it again whatever the exit code
  unless-stopped   the same, but a container that was stopped stays so
                   when the engine starts
  on-unhealthy[:N] starts it again when its health check fails, or it fails itself
                   (Hull's engine only)

Between starts the engine waits: 100 ms, then twice as long each time, a minute at most; ten seconds of running begin it anew. \`hull stop\` ends restarting; with \`always\` it begins again when the engine starts.

Containers go on running while the engine is down, whatever the policy. The policy of a container that is there is changed by \`hull update --restart\`.
`;
